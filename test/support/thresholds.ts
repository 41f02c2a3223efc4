import type {Thresholds} from '../../src/words/thresholds.ts';

/** The thresholds of builds that tests write by hand. */
export const thresholds: Thresholds = {
  smallNumber: 10,
  rankMinStudents: 30,
  rankMinTeachers: 10,
  schoolsPerGroup: 5,
  schoolsByTeachersOfColor: 10,
};

import type {Row} from '../../src/duckdb/database.ts';
import type {Question} from '../../src/report/question.ts';
import {formatCounted} from '../../src/words/count.ts';
import {formatCount, formatRatio, formatShare, joinWords} from '../../src/words/format.ts';
import {findMedian} from '../../src/words/median.ts';
import {countLikely, formatSize, type Size} from '../../src/words/rankings.ts';
import type {PageContext} from '../page-context.ts';
import {describeAccess, listAccess} from './access.ts';
import {findQuestion} from './find-question.ts';
import {findGroup} from './groups.ts';
import {countBeyondPool, tooFew} from './representation.ts';

/** One of the six questions of the assignment, or a further one, in the words of the report. */
export interface MissionQuestion {
  /** Its number in the assignment; undefined if it is not of the assignment. */
  number?: string;
  /** The folder of its page. */
  path: string;
  question: string;
  short: string;
  /** The name of the answer. */
  answer: string;
  sentence(answer: Question, context: PageContext): string;
}

const none = 'The build has no figures to answer this.';

/** Names the schools of a size: `schools with at least 30 students and 10 teachers`. */
export function describeLarge(size: Size): string {
  return `schools with at least ${formatSize(size).join(' and ')}`;
}

/**
 * Chooses the first row of each list, which is in order. If one of them is of a small school, chooses the first of the schools
 * that are large enough instead, unless no list has one.
 */
export function chooseLeads(lists: readonly (readonly Row[])[]): {leads: Row[]; isLimited: boolean} {
  const first = lists.flatMap((rows) => rows.slice(0, 1));
  const large = lists.flatMap((rows) => rows.filter((row) => row['is_rank_small'] !== true).slice(0, 1));
  const isLimited = large.length > 0 && first.some((row) => row['is_rank_small'] === true);
  return {leads: isLimited ? large : first, isLimited};
}

/** Says something of rows, naming each school once: `5 Black teachers and 3 Asian teachers at Alder; 4 … at Birch`. */
export function nameOnce(rows: readonly Row[], describe: (row: Row) => string): string {
  const schools = Map.groupBy(rows, (row) => `${row['school_code']} ${row['district_name']}`);
  return [...schools.values()]
    .map((of) => `${joinWords([...new Set(of.map(describe))])} at ${of[0]?.['school_name']}`)
    .join('; ');
}

const groupKey = (name: string) => (row: Row) => String(row[name]);

const missionQuestions: readonly MissionQuestion[] = [
  {
    number: '7a',
    path: '7a',
    question: 'Where are the shares of Black, Native American and Latine students highest?',
    short: 'Schools by group of students',
    answer: 'student-groups',
    sentence: ({rows}, context) => {
      if (rows.length === 0) return none;
      const lists = [...Map.groupBy(rows, groupKey('demographic_group_id')).values()].map((ofGroup) =>
        ofGroup.toSorted((a, b) => Number(b['student_share']) - Number(a['student_share'])),
      );
      const {leads, isLimited} = chooseLeads(lists);
      const {rankMinStudents: minStudents} = context.report.build.thresholds;
      const shares = nameOnce(
        leads,
        (row) => `${findGroup(context, row).adjective} students (${formatShare(Number(row['student_share']))})`,
      );
      return `${isLimited ? `Among ${describeLarge({minStudents})}, the` : 'The'} highest shares: ${shares}.`;
    },
  },
  {
    number: '7b',
    path: '7b',
    question: 'How many teachers does each school have?',
    short: 'Teachers at each school',
    answer: 'schools',
    sentence: ({rows}) => {
      const known = rows.map((row) => row['teacher_count']).filter((value) => typeof value === 'number');
      if (known.length === 0) return none;
      const total = known.reduce((sum, value) => sum + value, 0);
      const sorted = known.toSorted((a, b) => a - b);
      return `${formatCounted(known.length, 'school has', 'schools have')} ${formatCounted(total, 'teacher')} in all: from ${formatCount(sorted[0])} to ${formatCount(sorted.at(-1))} each; the median is ${formatCount(findMedian(known))}.${
        known.length < rows.length
          ? ` The state gives no number for ${formatCounted(rows.length - known.length, 'more school')}.`
          : ''
      }`;
    },
  },
  {
    number: '7c',
    path: '7c',
    question: 'Which elementary schools have the most teachers of each group?',
    short: 'Elementary schools by group of teachers',
    answer: 'teacher-groups',
    sentence: ({rows}, context) => {
      const lists = ['black_african_american', 'hispanic_latino', 'asian'].map((group) =>
        rows.filter((row) => row['demographic_group_id'] === group),
      );
      const {leads, isLimited} = chooseLeads(lists);
      if (leads.length === 0) return none;
      const {rankMinTeachers: minTeachers} = context.report.build.thresholds;
      const most = nameOnce(leads, (row) =>
        formatCounted(Number(row['teacher_count']), `${findGroup(context, row).adjective} teacher`),
      );
      return `The most at any elementary school${isLimited ? `, of those with at least ${formatSize({minTeachers}).join('')}` : ''}: ${most}.`;
    },
  },
  {
    number: '7d',
    path: '7d',
    question: 'How well do the teachers represent the students at each school?',
    short: 'Every school',
    answer: 'representation',
    sentence: ({rows}, context) => {
      const told = rows.filter(
        (row) => typeof row['representation'] === 'number' && row['representation_band'] !== tooFew,
      );
      if (told.length === 0) return none;
      const median = formatRatio(findMedian(told.map((row) => Number(row['representation']))));
      const {beyond, known} = countBeyondPool(told.map((row) => row['overlap_beyond_pool_pp']));
      return `At the median of ${formatCounted(told.length, 'school')} with at least ${context.report.build.thresholds.smallNumber} teachers, representation is ${median}; 1 is what a random draw from the students would reach.${
        known === 0
          ? ''
          : ` At ${beyond} of ${known}, the teachers are closer to the students than a random draw from their district’s teachers would be.`
      }`;
    },
  },
  {
    number: '7e',
    path: '7e',
    question: 'Which schools have the highest share of teachers of color?',
    short: 'Most teachers of color',
    answer: 'teachers-of-color',
    sentence: ({rows}, context) => {
      const {leads, isLimited} = chooseLeads([rows]);
      const [first] = leads;
      const last = rows.at(-1);
      if (first === undefined || last === undefined) return none;
      const among = isLimited ? `Among ${describeLarge(findRankSize(context))}, ` : '';
      return `${among}${first['school_name']} has the highest share, ${formatShare(Number(first['teachers_of_color_share']))}: ${formatCount(Number(first['teachers_of_color_count']))} of ${formatCount(Number(first['all_teachers_count']))} teachers.${
        last === first
          ? ''
          : ` At the last of the ${rows.length}, ${last['school_name']}, it is ${formatShare(Number(last['teachers_of_color_share']))}.`
      }${describeLikely(rows)}`;
    },
  },
  {
    number: '7f',
    path: '7f',
    question: 'How does that compare with those schools’ students?',
    short: 'Those schools, beside their students',
    answer: 'teachers-of-color',
    sentence: ({rows}, context) => {
      const known = rows.filter((row) => typeof row['gap_pp'] === 'number');
      const below = known.filter((row) => Number(row['gap_pp']) < 0);
      if (known.length === 0) return none;
      const {leads, isLimited} = chooseLeads([
        known.toSorted((a, b) => Math.abs(Number(a['gap_pp'])) - Math.abs(Number(b['gap_pp']))),
      ]);
      const [smallest] = leads;
      return `${below.length === known.length ? `At all ${known.length}` : `At ${below.length} of ${known.length}`} of these schools, the share of color is smaller among teachers than among students. ${isLimited ? `Among ${describeLarge(findRankSize(context))}, the` : 'The'} two shares are closest at ${smallest?.['school_name']}: ${formatShare(Number(smallest?.['teachers_of_color_share']))} of teachers, ${formatShare(Number(smallest?.['students_of_color_share']))} of students.`;
    },
  },
];

/** Says how many of the first schools are among them with a probability of 80% or more. */
function describeLikely(rows: readonly Row[]): string {
  if (rows.every((row) => typeof row['top_probability'] !== 'number')) return '';
  return ` With few teachers a share is partly chance. With chance taken out, ${countLikely(rows)} of these ${rows.length} would be among the ${rows.length} with a probability of 80% or more.`;
}

/** A question that the assignment doesn’t ask, and that those who speak for students do. */
const accessQuestion: MissionQuestion = {
  path: 'access',
  question: 'How many students of each group have no teacher of their group at their school?',
  short: 'Access to a teacher of one’s group',
  answer: 'access',
  sentence: (_answer, context) => describeAccess(listAccess(context, context.report.place), context) || none,
};

export const questions: readonly MissionQuestion[] = [...missionQuestions, accessQuestion];

/** Lists the questions that the build answers for the school year of the page. */
export function listAnswered(context: PageContext): MissionQuestion[] {
  return questions.filter(({answer}) => findQuestion(context, answer).schoolYear !== null);
}

/** Finds the size that a school must have to lead a sentence about teachers and students. */
export function findRankSize({report}: PageContext): Size {
  const {rankMinStudents: minStudents, rankMinTeachers: minTeachers} = report.build.thresholds;
  return {minStudents, minTeachers};
}

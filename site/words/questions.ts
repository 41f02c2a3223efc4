import type {Row} from '../../src/duckdb/database.ts';
import type {Question} from '../../src/report/question.ts';
import {formatCounted} from '../../src/words/count.ts';
import {formatCount, formatShare, formatSigned, joinWords} from '../../src/words/format.ts';
import {findMedian} from '../../src/words/median.ts';
import type {PageContext} from '../page-context.ts';
import {findGroup} from './groups.ts';

/** One of the six questions of the assignment, in the words of the report. */
export interface MissionQuestion {
  number: string;
  question: string;
  short: string;
  /** The name of the answer. */
  answer: string;
  sentence(answer: Question, context: PageContext): string;
}

const none = 'The build has no figures to answer this.';

/** Says how many more schools share the last place; undefined if none do. */
export function describeTies(rows: readonly Row[]): string | undefined {
  const more = Number(rows[0]?.['tied_beyond'] ?? 0);
  if (more === 0) return undefined;
  return `${formatCounted(more, 'more school has', 'more schools have')} the same value as the last one listed.`;
}

const groupKey = (name: string) => (row: Row) => String(row[name]);

export const missionQuestions: readonly MissionQuestion[] = [
  {
    number: '7a',
    question: 'Where are the shares of Black, Native American and Latine students highest?',
    short: 'Schools by group of students',
    answer: 'student-groups',
    sentence: ({rows}, context) => {
      const first = [...Map.groupBy(rows, groupKey('demographic_group_id')).values()].map((ofGroup) => {
        const top = ofGroup.toSorted((a, b) => Number(b['student_share']) - Number(a['student_share']))[0] ?? {};
        return `${findGroup(context, top).adjective} students at ${top['school_name']} (${formatShare(Number(top['student_share']))})`;
      });
      return first.length === 0 ? none : `The highest shares: ${joinWords(first)}.`;
    },
  },
  {
    number: '7b',
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
    question: 'Which elementary schools have the most teachers of each group?',
    short: 'Elementary schools by group of teachers',
    answer: 'teacher-groups',
    sentence: ({rows}, context) => {
      const races = rows.filter((row) => row['category_type'] === 'race_ethnicity' && row['rank'] === 1);
      const most = ['black_african_american', 'hispanic_latino', 'asian'].flatMap((group) => {
        const top = races.find((row) => row['demographic_group_id'] === group);
        return top
          ? `${formatCount(Number(top['teacher_count']))} ${findGroup(context, top).adjective} teachers at ${top['school_name']}`
          : [];
      });
      return most.length === 0 ? none : `The most at any elementary school: ${joinWords(most)}.`;
    },
  },
  {
    number: '7d',
    question: 'How well do the teachers represent the students at each school?',
    short: 'Every school',
    answer: 'representation',
    sentence: ({rows}) => {
      const gaps = rows.map((row) => row['gap_pp']).filter((gap) => typeof gap === 'number');
      if (gaps.length === 0) return none;
      const below = gaps.filter((gap) => gap < 0).length;
      return `At ${below === gaps.length ? `all ${formatCounted(gaps.length, 'school')}` : `${below} of ${formatCounted(gaps.length, 'school')}`} with figures, the share of color is smaller among teachers than among students. The median gap is ${formatSigned(findMedian(gaps))} percentage points.`;
    },
  },
  {
    number: '7e',
    question: 'Which schools have the highest share of teachers of color?',
    short: 'Most teachers of color',
    answer: 'teachers-of-color',
    sentence: ({rows}) => {
      const [first] = rows;
      const last = rows.at(-1);
      if (first === undefined || last === undefined) return none;
      return `${first['school_name']} has the highest share, ${formatShare(Number(first['teachers_of_color_share']))}: ${formatCount(Number(first['teachers_of_color_count']))} of ${formatCount(Number(first['all_teachers_count']))} teachers. At the last of the ${rows.length}, ${last['school_name']}, it is ${formatShare(Number(last['teachers_of_color_share']))}.`;
    },
  },
  {
    number: '7f',
    question: 'How does that compare with those schools’ students?',
    short: 'Those schools, beside their students',
    answer: 'teachers-of-color',
    sentence: ({rows}) => {
      const known = rows.filter((row) => typeof row['gap_pp'] === 'number');
      const below = known.filter((row) => Number(row['gap_pp']) < 0);
      if (known.length === 0) return none;
      const smallest = known.toSorted((a, b) => Math.abs(Number(a['gap_pp'])) - Math.abs(Number(b['gap_pp'])))[0];
      return `${below.length === known.length ? `At all ${known.length}` : `At ${below.length} of ${known.length}`} of these schools, the share of color is smaller among teachers than among students. The two shares are closest at ${smallest?.['school_name']}: ${formatShare(Number(smallest?.['teachers_of_color_share']))} of teachers, ${formatShare(Number(smallest?.['students_of_color_share']))} of students.`;
    },
  },
];

export function findQuestion({report}: PageContext, name: string): Question {
  const found = [...report.questions, ...report.explorations].find((question) => question.name === name);
  if (found === undefined) throw new Error(`There is no answer ${name}.`);
  return found;
}

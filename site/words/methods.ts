/** A measure: what it asks, how it is worked out, where it comes from, and what it hides. */
export interface Method {
  id: string;
  name: string;
  asks: string;
  formula: string;
  source: string;
  hides: string;
}

const duncan =
  'O. D. Duncan and B. Duncan, “A Methodological Analysis of Segregation Indexes”, American Sociological Review 20 (1955), 210–217: 1 minus their index of dissimilarity.';

export const methods: readonly Method[] = [
  {
    id: 'share',
    name: 'Share',
    asks: 'What part of the students, or of the teachers, belongs to a group?',
    formula: 's = students of the group / all students;  t = teachers of the group / all teachers',
    source: 'Counts as the state publishes them. The whole is everybody, including those whose race is not provided.',
    hides:
      'Whether it rests on 10 people or on 1,000. The number beside it shows that, and for a school, what hiring of the same kind could as well have given.',
  },
  {
    id: 'gap',
    name: 'Gap',
    asks: 'How far is the teachers’ share from the students’ share?',
    formula: 't − s, in percentage points',
    source:
      'As in public reports: U. Boser, “Teacher Diversity Matters” (2011) and “Teacher Diversity Revisited” (2014), Center for American Progress.',
    hides:
      'That 10 points is a lot where 12% of the students are of a group, and little where 90% are. The ratio shows that.',
  },
  {
    id: 'ratio',
    name: 'Parity ratio',
    asks: 'How large is the teachers’ share, compared with the students’ share?',
    formula: 't / s; 1 is parity; none where s is 0',
    source:
      'The representation ratio of research on representative bureaucracy: K. J. Meier, J. Stewart and R. E. England, Race, Class, and Education, University of Wisconsin Press, 1989.',
    hides: 'How many people it is about: half of 2% and half of 80% give the same ratio. It jumps where s is small.',
  },
  {
    id: 'per-teacher',
    name: 'Students per teacher of the same group',
    asks: 'How many students of a group are there for each of its teachers?',
    formula: 'students of the group / teachers of the group; “no teacher” where there is none',
    source: 'The student–teacher ratio, taken group by group.',
    hides: 'How large classes are at the school. It mixes the size of the staff with its make-up.',
  },
  {
    id: 'overlap',
    name: 'Overlap',
    asks: 'What part of the two make-ups coincides, race by race?',
    formula: '1 − ½ Σ |t − s| over the seven races and Not Provided; from 0 to 1',
    source: duncan,
    hides:
      'Which groups differ. It looks at each race separately. Asian teachers don’t stand in for Latine students here, as they do in the gap and the ratio.',
  },
  {
    id: 'representation',
    name: 'Representation',
    asks: 'How much of the two make-ups coincides, as a part of what a random draw from the students would reach?',
    formula:
      'overlap / E, over the T teachers whose race is known;  E = 1 − ½ Σ E|X / T − s|, with X binomial (T, s);  1 is what such a draw reaches on average',
    source: `${duncan} Divided by its mean under chance, which has a closed form (De Moivre’s mean absolute deviation of the binomial distribution).`,
    hides:
      'Who the students are. It corrects for the number of teachers only: where most teachers are White, schools with more White students score higher. The next measure, and the median of schools of the same types whose share of students of color is within 10 points, stand beside it.',
  },
  {
    id: 'pool',
    name: 'Beyond the district’s teachers',
    asks: 'How much more of the two make-ups coincides than if the school’s teachers were drawn at random from its district’s?',
    formula:
      'overlap − overlap of the pool, in percentage points: the mean over random draws of T teachers from those of the district’s schools of the same types (hypergeometric)',
    source: 'Decision 50. There is none for a school that is the only one of its types in the district.',
    hides: 'Why. Teachers choose schools as schools choose teachers. A pool of two schools says little.',
  },
  {
    id: 'similar',
    name: 'Schools like it',
    asks: 'Which schools can a school fairly be compared with?',
    formula:
      'the ten schools of the region with the most similar make-up of students (1 − ½ Σ_g |s_g − s’_g| ≥ ¾), of those with the same types and half to twice as many students',
    source: 'Decision 59. A school with too few teachers of known race is on no list.',
    hides: 'Everything that is not type, size or race: poverty, language, and which teachers the district has.',
  },
  {
    id: 'groups-without',
    name: 'Groups without a teacher',
    asks: 'How many races have students at the school and not one teacher?',
    formula: 'number of races with students > 0 and teachers = 0',
    source: 'A count. It is not given where a figure is withheld or empty.',
    hides: 'Whether there is one student of the group or two hundred.',
  },
  {
    id: 'to-parity',
    name: 'Teachers to parity',
    asks: 'How many more of the teachers would have to be of color for the two shares to be equal?',
    formula: 'the smallest whole number n with (T_g + n) / T ≥ s, with the number of teachers T unchanged; 0 at parity',
    source: 'Arithmetic, in the unit that schools hire in.',
    hides: 'That other schools would be missing those teachers.',
  },
  {
    id: 'exposure',
    name: 'Own-group exposure',
    asks: 'At the school of the average student of a group, what share of the teachers is of the same group?',
    formula: 'Σ over schools of (S_g,school / S_g) × (T_g,school / T_school)',
    source:
      'The exposure index: W. Bell, “A Probability Model for the Measurement of Ecological Segregation”, Social Forces 32 (1954); D. S. Massey and N. A. Denton, “The Dimensions of Residential Segregation”, Social Forces 67 (1988), 281–315.',
    hides: 'The students who have no such teacher, since it is an average over schools. No access shows them.',
  },
  {
    id: 'no-access',
    name: 'No access',
    asks: 'What share of a group’s students goes to schools that have no teacher of the group?',
    formula: 'students of the group in schools with T_g = 0 / all students of the group',
    source:
      'As in The Education Trust–New York, “See Our Truth”, 2017, which counted schools and students without any Latino or Black teacher.',
    hides:
      'Whether there is one such teacher for 20 students or for 2,000, and what arithmetic explains. Two figures beside it show that. By chance: if each district’s teachers were assigned at random among its schools of the same types. At parity: if each school’s teachers were drawn from its students’ make-up; then a school has no teacher of a group with probability (1 − s)^T. Both are over the teachers whose race is known.',
  },
  {
    id: 'assignment',
    name: 'District-wide and between schools',
    asks: 'Are teachers of color missing everywhere, or are they at other schools?',
    formula:
      'dissimilarity of teachers of color and White teachers over the schools, D; without chance: (D − D*) / (1 − D*), with D* its mean if the district’s teachers were assigned at random among its schools of the same types. District-wide: the mean gap of the schools, by number of teachers. Between schools: their mean distance from parity, minus the size of that',
    source:
      'W. J. Carrington and K. R. Troske, “On Measuring Segregation in Samples With Small Units”, Journal of Business & Economic Statistics 15 (1997), 402–409.',
    hides:
      'Who was hired and who left. What lies between schools is at most that much: nobody moves at will, nor from a high school to an elementary school.',
  },
  {
    id: 'top-probability',
    name: 'Probability of being among the first',
    asks: 'Would the school still be among the schools with the highest share of teachers of color if chance were taken out?',
    formula:
      'empirical Bayes: the schools’ own shares follow a beta distribution with the mean and spread of the region’s schools; a school’s teachers narrow its own share down',
    source: 'Decision 51. Good to about 0.01.',
    hides: 'Which school is first: it only says how firmly a school belongs to the first.',
  },
  {
    id: 'change',
    name: 'Change',
    asks: 'How has the gap changed from one school year to another, at the same schools?',
    formula: '(t − s) of the later year − (t − s) of the earlier year, both over the schools compared in both years',
    source:
      'For districts and the region, a count of everybody, in points and in people. For a school, also the 95% range of the change: R. G. Newcombe, “Interval Estimation for the Difference Between Independent Proportions: Comparison of Eleven Methods”, Statistics in Medicine 17 (1998), 873–890, method 10, built from the Wilson intervals of the two teachers’ shares; the students’ shares are exact. A gap has narrowed if every gap in that range is nearer to 0 than the one before, and widened if every one is farther. Else there is no clear change.',
    hides:
      'The schools that lack figures in one of the years; the report names them. The range is conservative: it treats the two staffs as independent, and most of a staff stays. Even so, of many schools that didn’t change, a few seem to.',
  },
];

/** Research on what representation does, and on what a gap can't tell. */
export const literature: readonly string[] = [
  'T. S. Dee, “Teachers, Race, and Student Achievement in a Randomized Experiment”, Review of Economics and Statistics 86 (2004), 195–210.',
  'A. J. Egalite, B. Kisida and M. A. Winters, “Representation in the Classroom: The Effect of Own-Race Teachers on Student Achievement”, Economics of Education Review 45 (2015), 44–52.',
  'C. Redding, “A Teacher Like Me: A Review of the Effect of Student–Teacher Racial/Ethnic Matching on Teacher Perceptions of Students and Student Academic and Behavioral Outcomes”, Review of Educational Research 89 (2019), 499–535.',
  'E. Joshi, S. Doan and M. G. Springer, “Student-Teacher Race Congruence: New Evidence and Insight From Tennessee”, AERA Open 4 (2018).',
  'S. Gershenson, C. M. D. Hart, J. Hyman, C. A. Lindsay and N. W. Papageorge, “The Long-Run Impacts of Same-Race Teachers”, American Economic Journal: Economic Policy 14 (2022), 300–342.',
  'M. Hansen and D. Quintero, “Teachers in the US are even more segregated than students”, Brookings Institution, 2018.',
  'National Council on Teacher Quality (NCTQ), Teacher Diversity Dashboard.',
  'A. M. Villegas, K. Strom and T. Lucas, “Closing the Racial/Ethnic Gap Between Students of Color and Their Teachers: An Elusive Goal”, Equity & Excellence in Education 45 (2012), 283–301.',
];

/** What each measure asks, how it is worked out, where it comes from, and what it hides. */
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
    asks: 'What part of the students, or of the teachers, is of a group?',
    formula: 's = students of the group / all students;  t = teachers of the group / all teachers',
    source: 'Counts as the state publishes them. The whole is everybody, those whose race is not provided among them.',
    hides: 'Whether it rests on 10 people or on 1,000. The range beside it says so.',
  },
  {
    id: 'gap',
    name: 'Gap',
    asks: 'How far is the share among the teachers from that among the students?',
    formula: 't − s, in percentage points',
    source:
      'What public reports use most: U. Boser, “Teacher Diversity Matters” (2011) and “Teacher Diversity Revisited” (2014), Center for American Progress.',
    hides:
      'That 10 points are much where 12% of the students are of a group, and little where 90% are. The ratio shows that.',
  },
  {
    id: 'ratio',
    name: 'Parity ratio',
    asks: 'How large is the share among the teachers, measured by that among the students?',
    formula: 't / s; 1 is parity; none where s is 0',
    source:
      'The representation ratio of research on representative bureaucracy: K. J. Meier, J. Stewart and R. E. England, Race, Class, and Education, University of Wisconsin Press, 1989.',
    hides: 'How many people are meant: half of 2% and half of 80% are the same ratio. It leaps where s is small.',
  },
  {
    id: 'per-teacher',
    name: 'Students per teacher of the same group',
    asks: 'How many students of a group are there for each of its teachers?',
    formula: 'students of the group / teachers of the group; “no teacher” where there is none',
    source: 'The student–teacher ratio, taken group by group.',
    hides: 'How large classes are at the school: it mixes the size of the staff with its make-up.',
  },
  {
    id: 'overlap',
    name: 'Overlap',
    asks: 'What part of the two make-ups coincides, all races taken apart?',
    formula: '1 − ½ Σ |t − s| over the seven races and Not Provided; from 0 to 1',
    source: duncan,
    hides:
      'Which groups differ. It takes “of color” apart: Asian teachers don’t stand in for Latine students here, as they do in gap and ratio.',
  },
  {
    id: 'groups-without',
    name: 'Groups without a teacher',
    asks: 'How many races have students at the school and not one teacher?',
    formula: 'number of races with students > 0 and teachers = 0',
    source: 'A count. Where a figure is withheld or empty, it is not given.',
    hides: 'Whether there is one student of the group or two hundred.',
  },
  {
    id: 'to-parity',
    name: 'Teachers to parity',
    asks: 'How many more of the teachers would have to be of color for the two shares to be the same?',
    formula: 'the smallest whole number n with (T_g + n) / T ≥ s, the number of teachers T as it is; 0 at parity',
    source: 'Arithmetic, in the terms in which people hire.',
    hides: 'How long that would take, and that those teachers would be missing elsewhere.',
  },
  {
    id: 'exposure',
    name: 'Own-group exposure',
    asks: 'At the school of the average student of a group, what share of the teachers is of the group?',
    formula: 'Σ over schools of (S_g,school / S_g) × (T_g,school / T_school)',
    source:
      'The exposure index: W. Bell, “A Probability Model for the Measurement of Ecological Segregation”, Social Forces 32 (1954); D. S. Massey and N. A. Denton, “The Dimensions of Residential Segregation”, Social Forces 67 (1988), 281–315.',
    hides: 'The students who have none: an average over schools. No access shows them.',
  },
  {
    id: 'no-access',
    name: 'No access',
    asks: 'What share of a group’s students is in schools that have no teacher of the group?',
    formula: 'students of the group in schools with T_g = 0 / all students of the group',
    source:
      'As in The Education Trust–New York, “See Our Truth”, 2017, which counted schools and students without any Latino or Black teacher.',
    hides: 'Whether one such teacher is reached by 20 students or by 2,000.',
  },
];

/** Why it is worth asking. */
export const literature: readonly string[] = [
  'T. S. Dee, “Teachers, Race, and Student Achievement in a Randomized Experiment”, Review of Economics and Statistics 86 (2004), 195–210.',
  'A. J. Egalite, B. Kisida and M. A. Winters, “Representation in the Classroom: The Effect of Own-Race Teachers on Student Achievement”, Economics of Education Review 45 (2015), 44–52.',
  'S. Gershenson, C. M. D. Hart, J. Hyman, C. A. Lindsay and N. W. Papageorge, “The Long-Run Impacts of Same-Race Teachers”, American Economic Journal: Economic Policy 14 (2022), 300–342.',
  'A. M. Villegas, K. Strom and T. Lucas, “Closing the Racial/Ethnic Gap Between Students of Color and Their Teachers: An Elusive Goal”, Equity & Excellence in Education 45 (2012), 283–301.',
];

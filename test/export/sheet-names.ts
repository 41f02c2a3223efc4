/** The sheets of a workbook, in order. */
export const sheetNames = [
  'About',
  'Charts',
  '7a Student groups',
  '7b Schools',
  '7c Teacher groups',
  '7d Representation',
  '7d Representation by group',
  '7e 7f Teachers of color',
  'Schools',
  'Districts and region',
  'Definitions',
];

/** Names of folders that a shell, an address, DuckDB or Hive reads as something else, with a name that the pattern would match. */
export const oddNames: [name: string, decoy: string][] = [
  ['a[1]', 'a1'],
  ['[!b]', 'c'],
  ['any*', 'anything'],
  ['who?', 'whom'],
  ['**', 'deep'],
  ['hash#1', 'hash'],
  ['per%20cent', 'per cent'],
  ['school_year=1999-00', 'x'],
  ['env=prod', 'y'],
  ["O'Neill & sons; $HOME", 'z'],
  ['two\nlines "quoted"', 'two'],
  ['back\\slash', 'back'],
  ['Über {a,b} ~', 'Über a ~'],
  ['md:file', 'file'],
];

/** Everything odd in one name, except a backslash, which DuckDB can't read beside the characters of a pattern. */
export const oddestName = "a[1]* who? #1 %20 school_year=1999-00 O'Neill; $HOME {a,b}";

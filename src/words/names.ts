const shorter: [RegExp, string][] = [
  [/ \(Closed\b.*\)$/i, ' (closed)'],
  [/\bElementary School\b|\bElementary\b/, 'Elem'],
  [/\bMiddle School\b/, 'MS'],
  [/\bHigh School\b/, 'HS'],
  [/\bInternational\b/, 'Intl'],
  [/ School$/, ''],
];

/** Shortens the name of a school for a narrow screen: `Beacon Hill Intl` for Beacon Hill International School. */
export function shortenSchool(name: string): string {
  return shorter.reduce((short, [words, less]) => short.replace(words, less), name);
}

/** Shortens the name of a district: no "School District", no "No. 1". */
export function shortenDistrict(name: string): string {
  const short = name.replace(/\s*\(sample\)$/i, '').replace(/\s+(Public Schools|School District)(\s+No\. *\d+)?$/i, '');
  return short || name;
}

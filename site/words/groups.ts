/** What a group is called here: in a chart, and in a sentence before "students" or "teachers". */
interface GroupWords {
  label: string;
  adjective: string;
}

const words: Record<string, GroupWords> = {
  of_color: {label: 'Of color', adjective: 'of color'},
  american_indian_alaskan_native: {label: 'Native American', adjective: 'Native American'},
  asian: {label: 'Asian', adjective: 'Asian'},
  black_african_american: {label: 'Black', adjective: 'Black'},
  hispanic_latino: {label: 'Latine', adjective: 'Latine'},
  native_hawaiian_pacific_islander: {label: 'Pacific Islander', adjective: 'Pacific Islander'},
  two_or_more_races: {label: 'Two or more races', adjective: 'multiracial'},
  white: {label: 'White', adjective: 'White'},
  not_provided: {label: 'Race not provided', adjective: 'race not provided'},
  female: {label: 'Female', adjective: 'female'},
  male: {label: 'Male', adjective: 'male'},
  gender_x: {label: 'Gender X', adjective: 'Gender X'},
  gender_not_provided: {label: 'Gender not provided', adjective: 'gender not provided'},
};

export function label(group: string): string {
  return words[group]?.label ?? group;
}

export function adjective(group: string): string {
  return words[group]?.adjective ?? group;
}

const types: Record<string, string> = {elementary: 'Elementary', middle: 'Middle', high: 'High'};

/** Elementary, K–8 and the like: what kind of school it is. */
export function schoolType(schoolTypes: readonly string[]): string {
  return schoolTypes.map((type) => types[type] ?? type).join(', ') || 'No type given';
}

/** The type in a sentence, for the schools it is compared with. */
export function peersNamed(schoolTypes: readonly string[]): string {
  return schoolTypes.length === 0 ? 'schools' : `${schoolTypes.join(' and ')} schools`;
}

/** Short enough for a chart: no "School District", nor "No. 1". */
export function shortDistrict(name: string): string {
  const short = name.replace(/\s*\(sample\)$/i, '').replace(/\s+(Public Schools|School District)(\s+No\. *\d+)?$/i, '');
  return short || name;
}

import type {Row} from '../../src/duckdb/database.ts';
import type {Group} from '../../src/report/organizations.ts';
import type {PageContext} from '../page-context.ts';

/** The group that a row of an answer is about. What the publisher calls Not Provided is a race and a gender. */
export function findGroup(
  {report}: PageContext,
  {category_type, demographic_group}: Row,
): Pick<Group, 'short_name' | 'adjective'> {
  const found = report.groups.find(
    (group) =>
      group.demographic_group === demographic_group &&
      (category_type === undefined || group.category_type === category_type),
  );
  const name = String(demographic_group);
  return found ?? {short_name: name, adjective: name};
}

/** What kind of school it is: `Elementary, Middle`. */
export function formatSchoolTypes(schoolTypes: readonly string[]): string {
  return schoolTypes.map((type) => type.charAt(0).toUpperCase() + type.slice(1)).join(', ') || 'No type given';
}

/** The type in a sentence, for the schools it is compared with. */
export function formatPeers(schoolTypes: readonly string[]): string {
  return schoolTypes.length === 0 ? 'schools' : `${schoolTypes.join(' and ')} schools`;
}

/** Short enough for a chart: no "School District", nor "No. 1". */
export function shortenDistrict(name: string): string {
  const short = name.replace(/\s*\(sample\)$/i, '').replace(/\s+(Public Schools|School District)(\s+No\. *\d+)?$/i, '');
  return short || name;
}

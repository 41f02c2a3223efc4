import type {Row} from '../../src/duckdb/database.ts';
import type {Group} from '../../src/report/organizations.ts';
import type {PageContext} from '../page-context.ts';

/** Finds the group of a row. */
export function findGroup({report}: PageContext, row: Row): Pick<Group, 'short_name' | 'adjective'> {
  const found = report.groups.find((group) => group.demographic_group_id === row['demographic_group_id']);
  const name = String(row['demographic_group']);
  return found ?? {short_name: name, adjective: name};
}

/** Formats the types of a school: `Elementary, Middle`. */
export function formatSchoolTypes(schoolTypes: readonly string[]): string {
  return schoolTypes.map((type) => type.charAt(0).toUpperCase() + type.slice(1)).join(', ') || 'No type given';
}

/** Names the schools of the same types in a sentence: `elementary and middle schools`. */
export function formatPeers(schoolTypes: readonly string[]): string {
  return schoolTypes.length === 0 ? 'schools' : `${schoolTypes.join(' and ')} schools`;
}

import type {Region} from '../../src/report/organizations.ts';
import type {Report} from '../../src/report/report.ts';

/** Formats where a region is: `South King County, Washington`. */
export function formatPlace({place, state}: Pick<Region, 'place' | 'state'>): string {
  return place === null ? state : `${place}, ${state}`;
}

/** Lists the publishers of the report's figures. The publisher of the school list is not one of them. */
export function listPublishers({sources, files}: Report): string[] {
  const used = new Set(files.map(({source_id}) => source_id));
  const publishers = sources.filter(({id, subject}) => used.has(id) && subject !== 'school_list');
  return [...new Set(publishers.map(({publisher}) => publisher))];
}

/** Shortens a publisher to its initials, if its name ends in them: `OSPI`. */
export function shortenPublisher(publisher: string): string {
  return /\((\w+)\)$/.exec(publisher)?.[1] ?? publisher;
}

import * as v from 'valibot';
import {BadReply, type Client} from './http.ts';
import {limitText, readJson} from './socrata.ts';

const pageSize = 100;
const mostPages = 5;

const entry = v.pipe(
  v.object({
    resource: v.object({
      id: v.pipe(v.string(), v.regex(/^[a-z0-9]{4}-[a-z0-9]{4}$/)),
      name: limitText(1000),
      type: limitText(100),
      attribution: v.fallback(v.nullish(limitText(1000)), null),
      provenance: v.fallback(v.nullish(limitText(100)), null),
      parent_fxf: v.fallback(v.nullish(v.array(v.string())), null),
      columns_name: v.array(limitText(1000)),
      columns_field_name: v.array(limitText(1000)),
    }),
    metadata: v.object({domain: limitText(300)}),
  }),
  v.transform(({resource, metadata}) => ({
    id: resource.id,
    name: resource.name.trim(),
    type: resource.type,
    domain: metadata.domain,
    attribution: resource.attribution ?? null,
    isOfficial: resource.provenance === 'official',
    /** The data set that it is a view of. */
    parent: resource.parent_fxf?.[0] ?? null,
    columns: resource.columns_name,
    fieldNames: resource.columns_field_name,
  })),
);
const page = v.object({
  results: v.pipe(v.array(entry), v.maxLength(pageSize)),
  resultSetSize: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/** A data set, or a view of one, as the host's catalogue lists it. */
export type CatalogueEntry = v.InferOutput<typeof entry>;

/**
 * Asks the host's own catalogue for its data sets about some words.
 *
 * @param domain the host's name in the catalogue
 * @throws Unreachable (exit 3) if it doesn't answer, or gives other than it says it has
 */
export async function findDatasets(
  client: Client,
  {domain, words, signal}: {domain: string; words: string; signal?: AbortSignal | undefined},
): Promise<CatalogueEntry[]> {
  const found = new Map<string, CatalogueEntry>();
  for (let offset = 0; offset < mostPages * pageSize; offset += pageSize) {
    const query = new URLSearchParams({
      domains: domain,
      search_context: domain,
      only: 'dataset',
      q: words,
      limit: String(pageSize),
      offset: String(offset),
    });
    const {results, resultSetSize} = await client.get(
      `/api/catalog/v1?${query}`,
      async (response) => {
        const answer = await readJson(response, page);
        const rest = Math.max(0, answer.resultSetSize - offset);
        if (answer.results.length !== Math.min(pageSize, rest))
          throw new BadReply(`it says it has ${answer.resultSetSize} data sets, and gave others`);
        return answer;
      },
      {signal},
    );
    for (const each of results) found.set(each.id, each);
    if (offset + results.length >= resultSetSize) break;
  }
  return [...found.values()];
}

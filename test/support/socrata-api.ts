import {createHash} from 'node:crypto';
import type {IncomingHttpHeaders, IncomingMessage} from 'node:http';
import {stringify} from 'csv-stringify/sync';
import type {Column, Release} from './socrata-release.ts';

export type Kind = 'metadata' | 'export' | 'page' | 'count' | 'groups' | 'catalogue';

/** A request to the stand-in, and its reply. */
export interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  /** Time of arrival, in epoch milliseconds. */
  at: number;
  /** Undefined if the path is not one of Socrata's. */
  kind: Kind | undefined;
  id: string | undefined;
  /** The status of the reply; undefined if there is none yet, or if the connection was cut. */
  status: number | undefined;
  /** Bytes of the reply's body sent so far, before compression. */
  bytes: number;
}

export type Body = Iterable<Buffer> | AsyncIterable<Buffer>;

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Body;
}

export function readRequest({method = 'GET', url = '/', headers}: IncomingMessage): Asked {
  const {pathname: path, searchParams} = new URL(url, 'http://localhost');
  const query = Object.fromEntries(searchParams);
  const [, id, rows] = /^\/api\/views\/([^/.]+)(?:\.json|(\/rows\.csv))?$/.exec(path) ?? [];
  const [, resource] = /^\/resource\/([^/.]+)\.(?:csv|json)$/.exec(path) ?? [];
  let kind: Kind | undefined;
  if (path === '/api/catalog/v1') kind = 'catalogue';
  else if (id !== undefined) kind = rows === undefined ? 'metadata' : 'export';
  else if (resource !== undefined && '$group' in query) kind = 'groups';
  else if (resource !== undefined) kind = parseCountName(query) === undefined ? 'page' : 'count';
  return {method, path, query, headers, at: Date.now(), kind, id: id ?? resource, status: undefined, bytes: 0};
}

function replyJson(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: {'content-type': 'application/json; charset=utf-8', ...headers},
    body: [Buffer.from(`${JSON.stringify(value)}\n`)],
  };
}

/** Makes an error reply in Socrata's usual envelope. */
export function replyFailure(status: number, code: string, message: string, data?: unknown): Reply {
  return replyJson(status, {code, error: true, message, data});
}

export function replyHtml(status: number, title: string): Reply {
  const replyPage = `<!DOCTYPE html>\n<html><head><title>${title}</title></head>\n<body><h1>${title}</h1></body></html>\n`;
  return {status, headers: {'content-type': 'text/html; charset=utf-8'}, body: [Buffer.from(replyPage)]};
}

/** Makes the reply for a missing data set. The catalog and the rows are two services, each with its own text. */
export function replyMissing({id, kind}: Asked): Reply {
  return kind === 'metadata' || kind === 'export'
    ? replyFailure(404, 'not_found', `Cannot find view with id ${id}`)
    : replyFailure(404, 'dataset.missing', 'Not found', {id});
}

export function replyMetadata(asked: Asked, release: Release): Reply {
  const {dataset, rowsUpdatedAt, columns} = release;
  const view = {
    id: dataset.id,
    name: dataset.name,
    assetType: 'dataset',
    attribution: dataset.attribution,
    createdAt: rowsUpdatedAt - 86_400,
    displayType: 'table',
    licenseId: dataset.license,
    publicationDate: rowsUpdatedAt,
    ...(dataset.isUndated ? {} : {rowsUpdatedAt}),
    viewLastModified: rowsUpdatedAt,
    viewType: 'tabular',
    columns: columns.map((column, index) => ({id: 500_000_000 + index, ...column, position: index + 1})),
    license: dataset.license && {name: dataset.license},
  };
  return replyJson(200, view, makeValidators(asked, release));
}

/** Makes the catalogue's reply: the data sets with these words in their names, as recorded from real hosts. */
export function replyCatalogue({query}: Asked, releases: Iterable<Release>, host: string): Reply {
  const words = (query['q'] ?? '').toLowerCase();
  const all = [...releases].filter(
    ({dataset: {name, isUnlisted}}) => !isUnlisted && name.toLowerCase().includes(words),
  );
  const [offset, limit] = [Number(query['offset'] ?? 0), Number(query['limit'] ?? 100)];
  const results = all.slice(offset, offset + limit).map(({dataset, columns, rowsUpdatedAt}) => ({
    resource: {
      id: dataset.id,
      name: dataset.name,
      parent_fxf: [],
      attribution: dataset.attribution ?? null,
      type: 'dataset',
      data_updated_at: new Date(rowsUpdatedAt * 1000).toISOString(),
      columns_name: columns.map(({name}) => name),
      columns_field_name: columns.map(({fieldName}) => fieldName),
      provenance: 'official',
      ...dataset.listing,
    },
    classification: {categories: [], tags: []},
    metadata: {domain: dataset.domain ?? host},
  }));
  return replyJson(200, {results, resultSetSize: all.length, timings: {}, warnings: []});
}

/** Makes the reply with the count of each value of a column. */
export function replyGroups(asked: Asked, release: Release): Reply {
  const column = asked.query['$group'] ?? '';
  const place = release.columns.findIndex(({fieldName}) => fieldName === column);
  if (place < 0) return replyNoSuchColumn(column);
  const counts = new Map<string, number>();
  for (const row of release.contents.rows(0, release.contents.count)) {
    const value = row[place] ?? '';
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return replyJson(
    200,
    [...counts].map(([value, rows]) => ({[column]: value, rows: String(rows)})),
  );
}

/** Makes the reply with the whole file, without its length. */
export function replyWholeFile(asked: Asked, release: Release, body: Body = release.contents.bytes()): Reply {
  const fileName = `${release.dataset.name.replace(/[^\w-]+/g, '_')}.csv`;
  return {
    status: 200,
    headers: {
      ...makeValidators(asked, release),
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename=${fileName}`,
    },
    body,
  };
}

export function replyCount(asked: Asked, release: Release, lie = 0): Reply {
  const name = parseCountName(asked.query) ?? 'count';
  return replyTable(
    asked,
    release,
    [{name, fieldName: name, dataTypeName: 'number'}],
    [[String(release.contents.count + lie)]],
  );
}

/** Returns the column name of `count(*)` or `count(*) as rows`. */
function parseCountName({$select = ''}: Record<string, string>): string | undefined {
  const [asks, name = 'count'] = /^\s*count\(\s*\*\s*\)(?:\s+as\s+(\w+))?\s*$/i.exec($select) ?? [];
  return asks === undefined ? undefined : name;
}

const argumentsOfPages = ['$limit', '$offset', '$order', '$select', '$$app_token'];

/**
 * Makes the reply with a page of rows, under API names. Without an order, every other page is shifted by a third of its rows (after the
 * last row comes the first), so that pages overlap and miss rows.
 */
export function page(asked: Asked, release: Release): Reply {
  const {$limit = '1000', $offset = '0', $order, $select = '*'} = asked.query;
  const {columns, contents} = release;
  const field = (name: string) => columns.find(({fieldName}) => fieldName === name);

  const strangers = Object.keys(asked.query).filter((name) => !argumentsOfPages.includes(name));
  if (strangers.some((name) => name.startsWith('$') || field(name))) return replyNotImitated(strangers.join(', '));
  if (strangers.length > 0)
    return replyJson(400, {error: true, message: `Unrecognized arguments [${strangers.join(', ')}]`});

  const limit = parseWholeNumber($limit);
  const offset = parseWholeNumber($offset);
  if (limit === undefined || offset === undefined) {
    const soql = `select ${$select} limit ${$limit} offset ${$offset}`;
    return replyFailure(400, 'query.compiler.malformed', `Could not parse SoQL query "${soql}"`, {query: soql});
  }

  const orderedBy = $order?.split(/[\s,]/, 1)[0] ?? ':id';
  if (orderedBy !== ':id' && !field(orderedBy)) return replyNoSuchColumn(orderedBy);
  if ($order !== undefined && !/^:id( asc)?$/i.test($order)) return replyNotImitated(`$order=${$order}`);

  const wanted = $select === '*' ? columns.map(({fieldName}) => fieldName) : $select.split(/\s*,\s*/);
  const unknown = wanted.find((name) => !field(name));
  if (unknown !== undefined) return replyNoSuchColumn(unknown);
  const selected = wanted.flatMap((name) => field(name) ?? []);
  const places = selected.map((column) => columns.indexOf(column));

  const length = Math.min(limit, Math.max(0, contents.count - offset));
  const moved = $order === undefined && Math.floor(offset / limit) % 2 === 1 ? Math.ceil(limit / 3) : 0;
  const start = (offset + moved) % contents.count;
  const untilTheEnd = Math.min(length, contents.count - start);
  function* rows() {
    for (const row of contents.rows(start, start + untilTheEnd)) yield places.map((place) => row[place]);
    for (const row of contents.rows(0, length - untilTheEnd)) yield places.map((place) => row[place]);
  }
  return replyTable(asked, release, selected, length === 0 ? [] : rows());
}

function parseWholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function replyNoSuchColumn(column: string): Reply {
  const errorCode = 'query.soql.no-such-column';
  const message = `Query coordinator error: ${errorCode}; No such column: ${column}`;
  return replyJson(400, {message, errorCode, data: {column}});
}

/** Not a reply of Socrata: it says that this stand-in does not imitate the request. */
function replyNotImitated(what: string): Reply {
  return replyFailure(501, 'stand-in', `The stand-in in test/support/socrata.ts does not imitate ${what}.`);
}

/** Makes the reply with rows as CSV or JSON. A blank is a null: nothing in CSV, no key in JSON. Everything else is quoted. */
function replyTable(asked: Asked, release: Release, columns: Column[], rows: Iterable<(string | undefined)[]>): Reply {
  const names = columns.map(({fieldName}) => fieldName);
  const csv = asked.path.endsWith('.csv');
  return {
    status: 200,
    headers: {
      ...makeValidators(asked, release),
      'content-type': csv ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
      'x-soda2-fields': JSON.stringify(names),
      'x-soda2-types': JSON.stringify(columns.map(({dataTypeName}) => dataTypeName)),
      'x-soda2-truth-last-modified': formatLastModified(release),
    },
    body: joinIntoPieces(csv ? formatCsv(names, rows) : formatJson(names, rows)),
  };
}

function* formatCsv(names: string[], rows: Iterable<(string | undefined)[]>): Generator<string> {
  yield stringify([names], {quoted: true});
  for (const row of rows) yield stringify([row], {quoted: true});
}

function* formatJson(names: string[], rows: Iterable<(string | undefined)[]>): Generator<string> {
  let before = '[';
  for (const row of rows) {
    const present = names.flatMap((name, index) => (row[index] ? [[name, row[index]]] : []));
    yield before + JSON.stringify(Object.fromEntries(present));
    before = '\n,';
  }
  yield before === '[' ? '[]\n' : ']\n';
}

function* joinIntoPieces(lines: Iterable<string>): Generator<Buffer> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < 16 * 1024) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(piece);
}

/** Returns the headers that let a client ask for a reply only if it has changed. */
function makeValidators({path, query}: Asked, release: Release): Record<string, string> {
  // A republish always changes the description of a data set, but not always its rows.
  const {dataset, rowsUpdatedAt} = release;
  const about =
    path.startsWith('/api/views') && !path.includes('rows.csv') ? {...dataset, csv: undefined, rowsUpdatedAt} : {};
  const named = JSON.stringify([release.version, about, path, query]);
  const hash = createHash('sha1').update(named).digest('base64url');
  return {etag: `"${hash}"`, 'last-modified': formatLastModified(release)};
}

function formatLastModified({rowsUpdatedAt}: Release): string {
  return new Date(rowsUpdatedAt * 1000).toUTCString();
}

/** Returns whether the client already has this reply, by its entity tag or, without one, by the time. */
export function isKnown({headers}: Asked, {headers: {etag, 'last-modified': modified = ''}}: Reply): boolean {
  const tags = headers['if-none-match'];
  const since = headers['if-modified-since'];
  if (etag === undefined) return false;
  if (tags !== undefined) {
    const known = tags.split(',').map((tag) => tag.trim().replace(/^W\/|(?:--gzip)+(?="$)/g, ''));
    return known.includes(etag) || known.includes('*');
  }
  return since !== undefined && Date.parse(modified) <= Date.parse(since);
}

import {identifier, literal} from './database.ts';

/** A table or view, and what is said of it. */
interface Described {
  /** The quoted name. */
  name: string;
  isView?: boolean;
  description: string | undefined;
  columns: readonly {name: string; description?: string}[];
}

/** Writes the statements that comment on a table and its columns. Line breaks of a description become blanks. */
export function writeComments({name, isView = false, description, columns}: Described): string {
  const text = (of: string) => literal(of.trim().replaceAll(/\s+/g, ' '));
  return [
    ...(description === undefined ? [] : [`comment on ${isView ? 'view' : 'table'} ${name} is ${text(description)};`]),
    ...columns.flatMap(({name: column, description: of}) =>
      of === undefined ? [] : [`comment on column ${name}.${identifier(column)} is ${text(of)};`],
    ),
  ].join('\n');
}

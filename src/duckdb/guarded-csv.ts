import {formulaStart, plainNumber} from '../words/outgoing.ts';
import {type Database, describeColumns, identifier, literal} from './database.ts';

/** Writes a query whose texts are safe to open as CSV in a spreadsheet, like `guardCell`. Other values are unchanged. */
export async function guardCells(db: Database, query: string): Promise<string> {
  const columns = (await describeColumns(db, query)).map(({name, type}) => {
    const column = identifier(name);
    if (type !== 'VARCHAR') return column;
    return `case when regexp_matches(${column}, ${literal(formulaStart)}) and not regexp_matches(${column}, ${literal(plainNumber)})
      then '''' || ${column} else ${column} end as ${column}`;
  });
  return `select ${columns.join(', ')} from (${query})`;
}

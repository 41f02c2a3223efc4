/** The tables that generated queries read: whole numbers from 0 to 3. */
export const madeUpTables: Record<string, string[]> = {'raw.t': ['a', 'b', 'c', 'k'], 'raw.u': ['a', 'k', 'z']};

interface Relation {
  name: string;
  columns: string[];
}

/**
 * Makes a query of common table expressions, joins, unions, groups, windows, conditions and stars. It reuses a few names,
 * so that aliases hide columns, and common table expressions hide tables.
 *
 * @param choose returns a number below the given one
 */
export function makeUpQuery(choose: (below: number) => number): {sql: string; columns: string[]} {
  const pick = <T>(items: readonly T[]): T => items[choose(items.length)] as T;
  const isChosen = () => choose(2) === 1;

  function select(relations: Relation[], depth: number): {sql: string; columns: string[]} {
    const sources = ['t', 'u'].slice(0, 1 + choose(2)).map((alias) => {
      if (depth > 0 && choose(4) === 0) {
        const inner = select(relations, depth - 1);
        return {alias, columns: inner.columns, sql: `(${inner.sql}) as ${alias}`};
      }
      const relation = pick(relations);
      return {alias, columns: relation.columns, sql: `${relation.name} as ${alias}`};
    });
    const [first, second] = sources as [(typeof sources)[0], (typeof sources)[0] | undefined];
    const sure = () => {
      const {alias, columns} = pick(sources);
      return `${alias}.${pick(columns)}`;
    };
    const ref = () => (second === undefined && isChosen() ? pick(first.columns) : sure());
    const from = second
      ? `${first.sql} ${pick(['join', 'left join'])} ${second.sql} on ${first.alias}.${pick(first.columns)} = ${second.alias}.${pick(second.columns)}`
      : first.sql;
    const where = isChosen() ? ` where ${sure()} > 0` : '';
    if (second === undefined && choose(4) === 0) return {sql: `select * from ${from}${where}`, columns: first.columns};

    const names = ['a', 'b', 'k', 'z', 'p'].slice(choose(3)).slice(0, 1 + choose(3));
    if (choose(4) === 0) {
      const group = sure();
      const values = names.map((name, index) =>
        index === 0
          ? `${group} as ${name}`
          : `${pick([`max(${ref()})`, `count(case when ${ref()} > 1 then ${ref()} end)`, 'count(*)'])} as ${name}`,
      );
      return {sql: `select ${values.join(', ')} from ${from}${where} group by ${group}`, columns: names};
    }
    const values = names.map(
      (name) =>
        `${pick([
          ref(),
          `${ref()} + ${ref()}`,
          `coalesce(${ref()}, ${ref()})`,
          `case when ${ref()} > 1 then ${ref()} else ${ref()} end`,
          `sum(${ref()}) over (partition by ${ref()} order by ${ref()})`,
          '7',
          '(select max(z) from raw.u)',
        ])} as ${name}`,
    );
    const further = second === undefined ? names.map((name) => first.columns.includes(name)).indexOf(true) : 0;
    if (further === -1 && isChosen()) {
      return {
        sql: `select ${first.alias}.*, ${values.join(', ')} from ${from}${where}`,
        columns: [...first.columns, ...names],
      };
    }
    return {sql: `select ${values.join(', ')} from ${from}${where}`, columns: names};
  }

  const relations: Relation[] = Object.entries(madeUpTables).map(([name, columns]) => ({name, columns}));
  const ctes = ['t', 'u', 'v'].slice(0, choose(4)).map((name) => {
    const body = select(relations, 1);
    relations.push({name, columns: body.columns});
    return `${name} as (${body.sql})`;
  });
  const last = select(relations, 1);
  const other = select(relations, 0);
  const isUnion = isChosen() && other.columns.length === last.columns.length;
  return {
    sql: `${ctes.length > 0 ? `with ${ctes.join(', ')} ` : ''}${last.sql}${isUnion ? ` union all ${other.sql}` : ''}`,
    columns: last.columns,
  };
}

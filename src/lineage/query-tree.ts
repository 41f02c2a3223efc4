/*
 * The library's tree of a parsed query: a node is an object with one key, its kind ({column: {…}}, {select: {…}}), a list is an
 * array, and a name is {name: 'x', …}.
 */

type Tree = Record<string, unknown>;
interface Identifier {
  name: string;
}

/** Lists every node of a tree, with its kind. */
export function listNodes(tree: unknown): {kind: string; node: Tree}[] {
  if (Array.isArray(tree)) return tree.flatMap(listNodes);
  if (tree === null || typeof tree !== 'object') return [];
  return Object.entries(tree).flatMap(([kind, node]: [string, unknown]) => [
    ...(isTree(node) ? [{kind, node}] : []),
    ...listNodes(node),
  ]);
}

/** Lists the tables that a query reads. Names without a schema are its own common table expressions, and don't count. */
export function listTablesRead(tree: unknown): string[] {
  const names = listNodes(tree).flatMap(({kind, node}) => {
    const {schema, name} = node as {schema?: Identifier | null; name?: Identifier};
    return kind === 'table' && schema ? [`${schema.name}.${name?.name}`] : [];
  });
  return [...new Set(names)];
}

/**
 * Rewrites a query so that no name is ambiguous: every common table expression gets a unique name, and the columns of a select
 * with one source are qualified. (The library confuses an alias with a column of the same name, and a table with the common table
 * expression that reads it.)
 */
export function disambiguate(tree: unknown): unknown {
  let count = 0;

  const rename = (node: unknown, names: ReadonlyMap<string, string>): unknown => {
    if (Array.isArray(node)) return node.map((item) => rename(item, names));
    if (!isTree(node)) return node;
    const scope = new Map(names);
    const entries = Object.entries(node);
    const clause = node['with'] as {ctes: {alias: Identifier; this: unknown}[]} | null | undefined;
    if (clause) {
      const ctes = clause.ctes.map((cte) => {
        count += 1;
        const name = `${cte.alias.name}__${count}`;
        const body = rename(cte.this, scope);
        scope.set(cte.alias.name, name);
        return {...cte, alias: {...cte.alias, name}, this: body};
      });
      const rest = entries.filter(([key]) => key !== 'with').map(([key, value]) => [key, rename(value, scope)]);
      return Object.fromEntries([...rest, ['with', {...clause, ctes}]]);
    }
    return Object.fromEntries(
      entries.map(([key, value]) => {
        if (key === 'table' && isTree(value)) return [key, renameTable(value, scope)];
        return [key, rename(value, scope)];
      }),
    );
  };

  return addSourceNames(rename(tree, new Map()));
}

function renameTable(table: Tree, names: ReadonlyMap<string, string>): Tree {
  const name = table['name'] as Identifier | undefined;
  const own = table['schema'] || name === undefined ? undefined : names.get(name.name);
  if (own === undefined) return table;
  return {...table, name: {...name, name: own}, alias: table['alias'] ?? name, alias_explicit_as: true};
}

function addSourceNames(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(addSourceNames);
  if (!isTree(tree)) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([kind, node]) => {
      const below = addSourceNames(node);
      if (kind !== 'select' || !isTree(below)) return [kind, below];
      const source = findOnlySource(below);
      return [kind, source ? {...below, expressions: qualifyColumns(below['expressions'], source)} : below];
    }),
  );
}

/** Returns the name of a select's only source; undefined if it has none or several. */
function findOnlySource(select: Tree): Identifier | undefined {
  const {from, joins} = select as {from?: {expressions: Tree[]} | null; joins?: unknown[]};
  const [source, another] = from?.expressions ?? [];
  if (source === undefined || another !== undefined || (joins ?? []).length > 0) return undefined;
  const {alias, name} = (source['table'] ?? source['subquery'] ?? {}) as {alias?: Identifier | null; name?: Identifier};
  return alias ?? name;
}

function qualifyColumns(tree: unknown, source: Identifier): unknown {
  if (Array.isArray(tree)) return tree.map((item) => qualifyColumns(item, source));
  if (!isTree(tree) || 'select' in tree) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([kind, node]) => {
      if (kind === 'column' && isTree(node)) return [kind, {...node, table: node['table'] ?? source}];
      return [kind, qualifyColumns(node, source)];
    }),
  );
}

/** Finds unqualified columns that share a name with another column's alias, in selects with several sources. */
export function findAmbiguous(tree: unknown): string[] {
  return listNodes(tree).flatMap(({kind, node}) => {
    if (kind !== 'select' || findOnlySource(node)) return [];
    const projections = (node['expressions'] ?? []) as Tree[];
    const aliases = projections.map(
      (projection) => (projection['alias'] as {alias?: Identifier} | undefined)?.alias?.name,
    );
    return projections.flatMap((projection, index) =>
      listNodes(projection)
        .filter(({kind, node}) => kind === 'column' && !node['table'])
        .map(({node}) => (node['name'] as Identifier).name)
        .filter((name) => aliases.some((alias, other) => alias === name && other !== index)),
    );
  });
}

/** Removes everything that only decides values: conditions become true, and windows lose their partition and order. */
export function removeDecisions(tree: unknown): unknown {
  const always = {boolean: {value: true}};
  if (Array.isArray(tree)) return tree.map(removeDecisions);
  if (!isTree(tree)) return tree;
  if ('exists' in tree) return always;
  const taken = Object.entries(tree).map(([key, value]) => {
    if (!isTree(value)) return [key, removeDecisions(value)];
    if (key === 'case' && Array.isArray(value['whens'])) {
      const whens = value['whens'].map(([, result]: [unknown, unknown]) => [always, result]);
      return [key, removeDecisions({...value, operand: null, whens})];
    }
    if (key === 'if_func') return [key, removeDecisions({...value, condition: always})];
    if (key === 'window_function') return [key, removeDecisions({...value, over: {partition_by: [], order_by: []}})];
    return [key, key === 'filter' ? null : removeDecisions(value)];
  });
  return Object.fromEntries(taken);
}

function isTree(node: unknown): node is Tree {
  return node !== null && typeof node === 'object' && !Array.isArray(node);
}

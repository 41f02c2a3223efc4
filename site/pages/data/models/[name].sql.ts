import type {APIRoute, GetStaticPaths} from 'astro';
import type {Table} from '../../../../src/report/report.ts';
import {report} from '../../../report.ts';

/** The model that a table is made by, as it stands in the dbt project. */
export const getStaticPaths = (() =>
  report.tables.map((table) => ({params: {name: table.name}, props: {table}}))) satisfies GetStaticPaths;

export const GET: APIRoute<{table: Table}> = ({props: {table}}) => new Response(table.sql);

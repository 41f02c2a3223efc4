import {readProject} from '../project/read-project.ts';
import {buildGraph, type Graph} from './graph.ts';

const known = new Map<string, Promise<Graph>>();

/** Reads and compiles the project in a folder, once for each process. */
export function readGraph(folder: string): Promise<Graph> {
  const graph = known.get(folder) ?? readProject(folder).then(buildGraph);
  known.set(folder, graph);
  return graph;
}

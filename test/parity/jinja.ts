import {join} from 'node:path';
import {
  collectMacros,
  createCallable,
  type Globals,
  render,
  renderNative,
  returnValue,
} from '../../src/dbt/jinja/render.ts';
import {parse} from '../../src/dbt/jinja/syntax.ts';
import {Fields, JinjaError, toText, toValue, type Value} from '../../src/dbt/jinja/values.ts';
import type {Comparison} from './compare.ts';
import {type Case, generateCases} from './jinja-templates.ts';
import {run} from './programs.ts';

/** The result of a template: its text, the text of its value, or the error. */
type Outcome = {text: string} | {error: string};

/**
 * Renders generated templates here and with dbt's own Jinja. Each must give the same text on both sides, or be refused here.
 *
 * @param programs the folder of the environment with dbt's programs
 */
export async function compareTemplates(programs: string, seed: number, count: number): Promise<Comparison> {
  const cases = generateCases(seed, count);
  const script = join(import.meta.dirname, 'jinja.py');
  const theirs: Outcome[] = JSON.parse(await run(join(programs, 'python'), [script], {input: JSON.stringify(cases)}));
  const differences: string[] = [];
  let rendered = 0;
  for (const [index, each] of cases.entries()) {
    const ours = renderCase(each);
    const other = theirs[index] ?? {error: 'no outcome'};
    if ('error' in ours) continue;
    rendered++;
    if ('error' in other || ours.text !== other.text) {
      differences.push(
        `${JSON.stringify(each.template)}: here ${formatOutcome(ours)}, with dbt ${formatOutcome(other)}`,
      );
    }
  }
  // Most must be rendered: a runner that refused everything would never differ.
  if (rendered < cases.length / 2) differences.push(`only ${rendered} of ${cases.length} templates were rendered here`);
  return {
    name: `templates (seed ${seed})`,
    size: cases.length,
    unit: 'templates',
    differences: differences.slice(0, 10),
  };
}

function formatOutcome(outcome: Outcome): string {
  return JSON.stringify('text' in outcome ? outcome.text : outcome.error);
}

function renderCase({template, macros, vars, native}: Case): Outcome {
  const parsed = collectMacros(parse(macros));
  const functions = new Map<string, Value>([
    ['var', ([name = null]) => toValue(vars[toText(name)])],
    ['return', returnValue],
    ['target', new Fields('target', {type: 'duckdb', name: 'duckdb', schema: 'main'})],
  ]);
  const globals: Globals = {
    get(name) {
      const macro = parsed.get(name);
      return macro ? createCallable(macro, globals) : functions.get(name);
    },
  };
  try {
    if (!native) return {text: render(parse(template), globals)};
    // Text in a list has quotes.
    return {text: toText([renderNative(parse(template), globals)]).slice(1, -1)};
  } catch (error) {
    if (error instanceof JinjaError) return {error: error.message};
    throw error;
  }
}

import {findRelatives, type Graph, type GraphUnitTest, type Table, type Test} from './graph.ts';
import type {Selection} from './select.ts';

/** A step of a build: building a table, or running a test. */
export type Step = Table | Test | GraphUnitTest;

/** The steps of a build, each after those it waits for. */
export interface Plan {
  steps: Step[];
  waitsFor: Map<Step, Step[]>;
  /** The table that a step builds. A test is counted with the last table that it reads. */
  tableOf: Map<Step, Table>;
}

/**
 * Plans the steps for a selection in the order of `dbt build`: the unit tests of a model before it, the data tests on a table
 * after it, and only then the models that read it. A test on several tables runs once the last one is built, before any model
 * that depends on all of them.
 */
export function planSteps({tables}: Graph, selection: Selection): Plan {
  const plan: Plan = {steps: [], waitsFor: new Map(), tableOf: new Map()};
  const made = new Set(selection.tables.filter((table) => table.made !== undefined));
  const last = (test: Test) => tables.findLast((table) => test.reads.includes(table));
  const testsByTable = Map.groupBy(selection.tests, last);
  const add = (step: Step, table: Table, waitsFor: Step[]) => {
    plan.steps.push(step);
    plan.tableOf.set(step, table);
    plan.waitsFor.set(step, waitsFor);
  };
  for (const table of tables) {
    const beneath = findRelatives(table, 'reads');
    const tested = selection.tests.filter(({reads}) => reads.every((read) => beneath.has(read)));
    const before = [...made.intersection(beneath), ...tested];
    const units = selection.unitTests.filter((unit) => unit.reads.includes(table));
    for (const unit of units) add(unit, table, before);
    if (made.has(table)) add(table, table, [...before, ...units]);
    for (const test of testsByTable.get(table) ?? []) {
      const read = new Set(test.reads.flatMap((each) => [each, ...findRelatives(each, 'reads')]));
      add(test, table, [...made.intersection(read)]);
    }
  }
  return plan;
}

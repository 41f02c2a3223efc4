import {readPublishedId} from '../builds/published-id.ts';
import type {Home} from '../home.ts';
import type {CommandOutcome, Commands, RunRequest} from './commands.ts';

/** Slow questions, or questions to the publisher. One answer serves everybody who asks at the same time or soon after. */
export type Questions = ReturnType<typeof createQuestions>;

/** How long a plan is cached, so that repeated clicks don't reach the publisher. Milliseconds. */
const planKept = 30_000;
const answersKept = 20;

export function createQuestions(home: Home, commands: Commands, now: () => number = Date.now) {
  const plans = new Map<string, {at: number; answer: Promise<CommandOutcome>}>();
  const answers = new Map<string, Promise<CommandOutcome>>();
  /** Asks once, and keeps the answer unless it is an error. */
  const keep = async (key: string, ask: () => Promise<CommandOutcome>) => {
    const known = answers.get(key);
    if (known) return known;
    if (answers.size >= answersKept) answers.clear();
    const answer = ask();
    answers.set(key, answer);
    const {code} = await answer;
    if (code !== 0) answers.delete(key);
    return answer;
  };
  return {
    async plan(request: RunRequest, format?: '--json') {
      const key = JSON.stringify([request, format, await readPublishedId(home)]);
      const known = plans.get(key);
      if (known && now() - known.at < planKept) return known.answer;
      for (const [old, {at}] of plans) if (now() - at >= planKept) plans.delete(old);
      const answer = commands.plan(request, format);
      plans.set(key, {at: now(), answer});
      return answer;
    },
    async changes(builds: string[], format?: '--json') {
      const key = JSON.stringify([builds, format, await readPublishedId(home)]);
      return keep(key, () => commands.changes(builds, format));
    },
    lineage: () => keep('lineage', () => commands.lineage()),
  };
}

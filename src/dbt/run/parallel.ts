import pLimit from 'p-limit';
import {type Database, machineErrors} from '../../duckdb/database.ts';
import {getErrorMessage} from '../../failure.ts';

/** Fewer gain less, and more gain nothing (decision 17). */
const connections = 4;

/**
 * Works on several items at a time, each on its own connection. An item that runs out of memory is retried, and from then on
 * fewer run at a time, finally one alone.
 *
 * @param items in an order where each comes after those it waits for
 * @returns the results of the work in the same order
 * @throws the error of the first item in that order that failed; later items that had not started don't run
 */
export async function runInParallel<T, Result>(
  db: Database,
  items: readonly T[],
  waitsFor: (item: T) => Iterable<T>,
  work: (item: T, connection: Database) => Promise<Result>,
): Promise<Result[]> {
  const further = await Promise.all(Array.from({length: connections - 1}, () => db.connect()));
  const free = [db, ...further];
  const limit = pLimit(connections);
  const done = new Map<T, Promise<void>>();
  const results: Result[] = [];
  let failed: {index: number; error: unknown} | undefined;
  for (const [index, item] of items.entries()) {
    const before = [...waitsFor(item)].map((other) => done.get(other));
    const attempt = async (): Promise<'again' | 'done'> => {
      if (failed !== undefined && failed.index < index) return 'done';
      const beside = limit.concurrency;
      const connection = free.pop() ?? db;
      try {
        results[index] = await work(item, connection);
      } catch (error) {
        if (beside > 1 && machineErrors.memory.test(getErrorMessage(error))) {
          limit.concurrency = Math.min(limit.concurrency, Math.floor(beside / 2));
          return 'again';
        }
        if (failed === undefined || index < failed.index) failed = {index, error};
      } finally {
        free.push(connection);
      }
      return 'done';
    };
    const untilDone = async () => {
      while ((await limit(attempt)) === 'again');
    };
    done.set(item, Promise.all(before).then(untilDone));
  }
  await Promise.all(done.values());
  for (const connection of further) connection.close();
  if (failed) throw failed.error;
  return results;
}

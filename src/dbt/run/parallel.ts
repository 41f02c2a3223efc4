import pLimit from 'p-limit';
import {type Database, machineErrors} from '../../duckdb/database.ts';
import {getErrorMessage} from '../../failure.ts';

/** More than there are cores in most machines; with fewer the gain is smaller, with more it is not larger (decision 17). */
const connections = 4;

/**
 * Does the work of all items, several at a time, each on a connection of its own. The items are in an order in which each comes
 * after those it waits for. What has not enough memory beside others is done again, and from there on fewer are done at a time.
 *
 * @throws what the first item in that order threw; those after it that had not begun are left undone
 */
export async function runInParallel<T>(
  db: Database,
  items: readonly T[],
  waitsFor: (item: T) => Iterable<T>,
  work: (item: T, connection: Database) => Promise<void>,
): Promise<void> {
  const further = await Promise.all(Array.from({length: connections - 1}, () => db.connect()));
  const free = [db, ...further];
  const limit = pLimit(connections);
  const done = new Map<T, Promise<void>>();
  let failed: {index: number; error: unknown} | undefined;
  for (const [index, item] of items.entries()) {
    const before = [...waitsFor(item)].map((other) => done.get(other));
    const attempt = async (): Promise<'again' | 'done'> => {
      if (failed !== undefined && failed.index < index) return 'done';
      const beside = limit.concurrency;
      const connection = free.pop() ?? db;
      try {
        await work(item, connection);
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
}

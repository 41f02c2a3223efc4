/** Waits until all are done, even if one fails, so that nothing is at work after an error. */
export async function finishAll<T extends readonly unknown[]>(all: T) {
  await Promise.allSettled(all);
  return Promise.all(all);
}

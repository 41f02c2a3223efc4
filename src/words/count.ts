import {formatCount} from './format.ts';

/** Formats a count with its noun: `1 file`, `1,200 files`; `2 schools have` if the plural is given. */
export function formatCounted(count: number, what: string, whatOfMany = `${what}s`): string {
  return `${formatCount(count)} ${count === 1 ? what : whatOfMany}`;
}

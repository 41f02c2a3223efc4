import {formatCount} from './format.ts';

/** `1 file`, `1,200 files`; `1 school has` where the words of the plural are given. */
export function formatCounted(count: number, what: string, whatOfMany = `${what}s`): string {
  return `${formatCount(count)} ${count === 1 ? what : whatOfMany}`;
}

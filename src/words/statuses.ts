/** Words for the statuses of a count that has no value. */
const statusWords: Record<string, string> = {suppressed: 'withheld', unknown: 'not known', missing: 'missing'};

/** Formats a figure: a value, which is left as it is, or a status. */
export function formatStatus(figure: string): string {
  return statusWords[figure] ?? figure;
}

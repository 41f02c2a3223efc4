/** How people read why a figure is no value. The keys are the statuses of a count. */
const statusWords: Record<string, string> = {suppressed: 'withheld', unknown: 'not known', missing: 'missing'};

/** Formats a figure that is a value as text, or a status. */
export function formatStatus(figure: string): string {
  return statusWords[figure] ?? figure;
}

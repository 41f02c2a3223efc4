/** Receives what a run reports while it works. */
export interface Progress {
  /** Runs a step and reports the summary that `work` returns. */
  step<T>(name: string, work: (update: (text: string) => void) => Promise<{result: T; summary: string}>): Promise<T>;
  /** Reports something worth knowing that doesn't stop the run. */
  note(text: string): void;
}

/** Where a run tells what it is doing. */
export interface Progress {
  /** A step of the run: what it did is what `work` returns. */
  step<T>(name: string, work: (update: (text: string) => void) => Promise<{result: T; summary: string}>): Promise<T>;
  /** Something that the reader should know of, and that stops nothing. */
  note(text: string): void;
}

import {constants} from 'node:os';
import {Failure} from '../failure.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** A run that was asked to stop. Its exit code is the shell's for the signal: 130 or 143. */
export class Stopped extends Failure {
  constructor(signal: StopSignal) {
    super(
      `Stopped by ${signal}. The published build is unchanged; the next run continues from what has landed.`,
      128 + constants.signals[signal],
    );
  }
}

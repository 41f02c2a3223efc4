import {Stopped, type StopSignal} from '../ledger/stop.ts';
import {colorStderr, tell} from './terminal.ts';

/** A terminal sends Ctrl-C to the whole group of processes, and the launcher hands it on, so one press can come twice. */
const repeatWindow = 300;

/** Makes of the first SIGINT or SIGTERM a request to stop between two steps. A second one ends the process at once. */
export function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] satisfies StopSignal[]) {
    const onSignal = () => {
      if (first === undefined) {
        first = performance.now();
        tell(colorStderr('yellow', `\nStopping after this step. ${signal} once more stops at once.`));
        controller.abort(new Stopped(signal));
      } else if (performance.now() - first > repeatWindow) {
        process.off(signal, onSignal);
        process.kill(process.pid, signal);
      }
    };
    process.on(signal, onSignal);
  }
  return controller.signal;
}

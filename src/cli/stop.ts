import {Stopped, type StopSignal} from '../ledger/stop.ts';
import {colorStderr, tell} from './terminal.ts';

/** Milliseconds. One Ctrl-C can arrive twice: the terminal sends it to every process of the group, and the launcher forwards it. */
const repeatWindow = 300;

/** Turns the first SIGINT or SIGTERM into a request to stop between two steps. A second one ends the process at once. */
export function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] satisfies StopSignal[]) {
    const onSignal = () => {
      if (first === undefined) {
        first = performance.now();
        tell(colorStderr('yellow', `\nStopping after this step. Another ${signal} stops at once.`));
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

import {spawn} from 'node:child_process';
import pRetry, {AbortError} from 'p-retry';
import {createDispatcher} from '../proxies.ts';
import {type Address, writeJsonHeaders} from '../secrets.ts';
import type {Notice} from './notice.ts';

/** `refused`: the receiver would refuse the notice again, so it is not retried. */
export type Delivery = {is: 'delivered'} | {is: 'refused' | 'failed'; why: string};

export interface Patience {
  /** Limit for one try. Milliseconds. */
  timeout: number;
  /** Tries after the first, and the wait before the first of them in milliseconds. The wait doubles each time. */
  retries: number;
  backoff: number;
}

export const usualPatience: Patience = {timeout: 10_000, retries: 2, backoff: 1_000};

export interface Webhook extends Address {
  token?: string | undefined;
}

/**
 * Escapes what chat tools read as markup: Slack's `<!channel>`, `<@U024BE7LH>` and `&`, and the `@channel` of others. The text comes
 * from files and publishers.
 */
function escapeChat(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/(?<!\w)@(?=\w)/g, '(at) ');
}

/** POSTs a notice as JSON. Never throws. */
export async function sendToWebhook(
  notice: Notice,
  {token, ...address}: Webhook,
  {timeout, retries, backoff}: Patience = usualPatience,
): Promise<Delivery> {
  const {fetch} = await import('undici');
  const headers = writeJsonHeaders(address, token);
  const body = JSON.stringify({...notice, text: escapeChat(notice.text)});
  try {
    const dispatcher = await createDispatcher({connect: timeout, silence: timeout});
    await pRetry(
      async () => {
        const signal = AbortSignal.timeout(timeout);
        const response = await fetch(address.url, {
          method: 'POST',
          headers,
          body,
          signal,
          redirect: 'manual',
          dispatcher,
        });
        await response.body?.cancel();
        if (response.ok) return;
        const problem = `it answered ${response.status}`;
        throw isWorthRetrying(response.status) ? new Error(problem) : new AbortError(problem);
      },
      {retries, minTimeout: backoff, factor: 2, randomize: true, shouldRetry: () => true},
    );
    return {is: 'delivered'};
  } catch (error) {
    return {is: isRefusal(error) ? 'refused' : 'failed', why: describeError(error)};
  }
}

/** Runs a command with the notice as JSON on standard input and its kind in ROLLCALL_EVENT. Never throws. */
export function sendToCommand(
  notice: Notice,
  [program = '', ...args]: readonly string[],
  {timeout}: Pick<Patience, 'timeout'> = {timeout: 30_000},
): Promise<Delivery> {
  return new Promise((resolve) => {
    const failed = (why: string) => resolve({is: 'failed', why});
    const child = spawn(program, args, {
      env: {...process.env, ROLLCALL_EVENT: notice.event},
      stdio: ['pipe', 'ignore', 'inherit'],
      timeout,
      killSignal: 'SIGKILL',
    });
    child.on('error', ({message}) => failed(message));
    child.on('exit', (code, signal) => {
      if (code === 0) resolve({is: 'delivered'});
      else failed(signal === null ? `it exited with ${code}` : `${signal} ended it, or it took too long`);
    });
    // A command needn't read its input.
    child.stdin.on('error', () => {});
    child.stdin.end(`${JSON.stringify(notice)}\n`);
  });
}

function isWorthRetrying(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && /^it answered [34]\d\d$/.test(error.message) && !/ 4(08|29)$/.test(error.message);
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'it took too long to answer';
  return error.cause instanceof Error ? error.cause.message : error.message;
}

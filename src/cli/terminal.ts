import {styleText} from 'node:util';
import {exit, Failure} from '../failure.ts';
import {explainSystemError} from '../ledger/system-errors.ts';
import type {Progress} from '../progress.ts';
import {cleanText, formatExactJson} from '../words/outgoing.ts';

/**
 * Prints a result to standard output. Nothing else goes there.
 *
 * @param isExact whether it is for a program, which gets every character unless it is a terminal
 */
export function print(text: string, {isExact = false} = {}): void {
  process.stdout.write(isExact && !process.stdout.isTTY ? text : cleanText(text, {hasStyle: true}));
}

/** What was told since `holdMessages`, until an error is reported. */
let held: string[] | undefined;

/** Has messages wait for an error. Without one, they are never printed. */
export function holdMessages(): void {
  held = [];
}

/** Prints anything but a result to standard error. */
export function tell(text: string): void {
  const line = `${cleanText(text, {hasStyle: true})}\n`;
  if (held) held.push(line);
  else process.stderr.write(line);
}

/** Returns the characters in a line of the terminal; undefined where standard output is no terminal. */
export function readScreenWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}

/** Prints a sentence to standard error, in lines that fit the terminal. */
export function tellWrapped(style: Style, text: string): void {
  const width = process.stderr.isTTY ? process.stderr.columns : undefined;
  for (const line of wrapText(text, width)) tell(colorStderr(style, line));
}

/** Breaks a text at its blanks into lines of a width. A longer word gets a line of its own. */
export function wrapText(text: string, width = Number.POSITIVE_INFINITY): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Formats a result for programs. */
export function formatJson(value: unknown): string {
  return `${formatExactJson(value)}\n`;
}

/** Styles text for standard output, unless it is no terminal or NO_COLOR is set. */
export function bold(text: string): string {
  return styleText('bold', text, {stream: process.stdout});
}

type Style = 'red' | 'yellow' | 'dim' | 'green';

/** Styles text for standard error, unless it is no terminal or NO_COLOR is set. */
export function colorStderr(style: Style, text: string): string {
  return styleText(style, text, {stream: process.stderr});
}

/** Reports the steps of a run: a live line on a terminal, elsewhere a plain line for each finished step. */
export function terminalProgress(): Progress {
  const isLive = held === undefined && process.stderr.isTTY === true && process.env['CI'] === undefined;
  return {
    async step(name, work) {
      const started = performance.now();
      // Loaded on demand: most commands have nothing to wait for.
      const spinner = isLive
        ? (await import('ora')).default({text: name, stream: process.stderr, color: 'blue'}).start()
        : undefined;
      try {
        const {result, summary} = await work((text) => {
          if (spinner) spinner.text = `${name}  ${colorStderr('dim', cleanText(text))}`;
        });
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        spinner?.stop();
        tell(`${colorStderr('green', '✓')} ${name.padEnd(8)} ${summary} ${colorStderr('dim', `${seconds} s`)}`);
        return result;
      } catch (error) {
        spinner?.stop();
        tell(`${colorStderr('red', '✗')} ${name}`);
        throw error;
      }
    },
    note: (text) => tellWrapped('yellow', `  ${text}`),
  };
}

/**
 * Reports an error and sets the exit code: a Failure by its message, anything else as a bug, with its stack. Where messages are held, a
 * run that found another one in progress says nothing.
 */
export function reportError(thrown: unknown): void {
  const error = explainSystemError(thrown);
  if (held && !(error instanceof Failure && error.exitCode === exit.locked)) {
    process.stderr.write(held.join(''));
    held = undefined;
  }
  if (error instanceof Failure) {
    tell(`${colorStderr('red', 'rollcall:')} ${error.message}`);
    process.exitCode = error.exitCode;
    return;
  }
  tell(
    `${colorStderr('red', 'rollcall: this is a bug.')} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  process.exitCode = 1;
}

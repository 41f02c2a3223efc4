import {html} from 'hono/html';
import {formatCounted} from '../words/count.ts';
import {formatMinute, unknownMark} from '../words/format.ts';

/** Text with its markup escaped. */
export type Html = ReturnType<typeof html>;

const styles = '/operations/operations.css';

/** A page of ours. `live` pages are kept up to date by a small script; without it they are as they were when asked for. */
export function page(title: string, body: Html, {live = false} = {}): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Rollcall</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${styles}">
${live ? html`<script src="/operations/operations.js" defer></script>` : ''}
</head>
<body>
<header><p><a href="/">Rollcall</a></p><nav aria-label="Operations"><a href="/operations">Operations</a> <a href="/">Report</a></nav></header>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>`;
}

export function plainPage(title: string, text: string): Html {
  return page(title, html`<p>${text}</p><p><a href="/operations">Operations</a> shows what is running.</p>`);
}

/** `2026-11-25 06:00`, UTC. */
export function time(at: string | null): Html | string {
  return at === null ? unknownMark : html`<time datetime="${at}">${formatMinute(at)}</time>`;
}

/** How long ago, or how long until, in the largest unit that fits. */
export function distance(at: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(at)) / 1000;
  const amount = Math.abs(seconds);
  const [unit, length] = units.find(([, length]) => amount >= length) ?? ['', 0];
  if (length === 0) return seconds >= 0 ? 'just now' : 'in a moment';
  const count = Math.floor(amount / length);
  const words = formatCounted(count, unit);
  return seconds >= 0 ? `${words} ago` : `in ${words}`;
}

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

export function seconds(value: number | null): string {
  if (value === null) return '';
  return value < 100 ? `${value.toFixed(1)} s` : `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
}

/** What a run or a step came to, as a word with a colour that repeats it. */
export function outcome(word: string): Html {
  const tone = {
    failed: 'bad',
    killed: 'bad',
    fail: 'bad',
    error: 'bad',
    running: 'busy',
    warn: 'aside',
    stopped: 'aside',
  }[word];
  return html`<span class="outcome ${tone ?? ''}">${word}</span>`;
}

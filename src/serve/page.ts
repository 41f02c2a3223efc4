import {html} from 'hono/html';
import {formatCounted} from '../words/count.ts';
import {formatMinute, unknownMark} from '../words/format.ts';

/** Text with its markup escaped. */
export type Html = ReturnType<typeof html>;

/** Renders a page. A `live` page is updated by a small script; without JavaScript it stays as it was loaded. */
export function renderPage(title: string, body: Html, {live = false} = {}): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Rollcall</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/operations/operations.css">
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

/** Renders a page with one message. */
export function renderMessagePage(title: string, text: string): Html {
  return renderPage(title, html`<p>${text}</p><p><a href="/operations">Operations</a> shows what is running.</p>`);
}

/** `2026-11-25 06:00`, UTC. */
export function formatTime(at: string | null): Html | string {
  return at === null ? unknownMark : html`<time datetime="${at}">${formatMinute(at)}</time>`;
}

/** Formats the time since or until a moment, in the largest unit that fits: `2 hours ago`, `in 3 days`. */
export function formatDistance(at: string, now: Date): string {
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

export function formatSeconds(value: number | null): string {
  if (value === null) return '';
  return value < 100 ? `${value.toFixed(1)} s` : `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
}

/** Renders an outcome as a word, in a color that repeats its meaning. */
export function renderOutcome(word: string): Html {
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

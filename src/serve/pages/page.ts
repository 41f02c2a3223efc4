import {html} from 'hono/html';
import {formatCounted} from '../../words/count.ts';
import {unknownMark} from '../../words/format.ts';

/** Text with its markup escaped. */
export type Html = ReturnType<typeof html>;

/** Where a page stands among the pages, and in which time zone its times are. */
interface Place {
  /** The page of the navigation that is marked as the current one. */
  at?: string;
  /** Undefined if the page has no times. */
  zone?: string;
  /** A `live` page is updated by a small script; without JavaScript it stays as it was loaded. */
  live?: boolean;
}

const pages = [
  ['/operations', 'Operations'],
  ['/operations/checks', 'Checks'],
  ['/operations/changes', 'Changes'],
  ['/operations/lineage', 'Lineage'],
  ['/', 'Report'],
] as const;

/** Renders a page, in the style of the report. */
export function renderPage(title: string, body: Html, {at, zone, live = false}: Place = {}): Html {
  return html`<!doctype html>
<html lang="en-US">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Rollcall</title>
<link rel="icon" type="image/svg+xml" href="/operations/favicon.svg">
<link rel="stylesheet" href="/operations/operations.css">
${live ? html`<script src="/operations/operations.js" defer></script>` : ''}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="masthead"><div class="wrap">
<a class="wordmark" href="/"><img src="/operations/favicon.svg" alt="" width="24" height="24">Rollcall</a>
<nav class="pages" aria-label="Operations"><ul>${pages.map(([path, name]) => html`<li><a href="${path}"${at === path ? html` aria-current="true"` : ''}>${name}</a></li>`)}</ul></nav>
</div></header>
<main id="content" class="wrap" tabindex="-1">
<h1 class="name">${title}</h1>
${zone === undefined ? '' : html`<p class="kicker after">All times: ${zone}</p>`}
${body}
</main>
</body>
</html>`;
}

/** Renders a page with one message. */
export function renderMessagePage(title: string, text: string): Html {
  return renderPage(title, html`<p>${text}</p><p><a href="/operations">Operations</a> shows what is running.</p>`);
}

/** Formats a time in a zone, to the minute or the second: `2026-11-25 06:00`. */
export function formatTime(at: string | null, zone: string, to: 'minute' | 'second' = 'minute'): Html | string {
  if (at === null) return unknownMark;
  // Sweden writes dates and times as ISO 8601 does.
  const text = new Date(at).toLocaleString('sv-SE', {timeZone: zone}).slice(0, to === 'minute' ? 16 : 19);
  return html`<time datetime="${at}">${text}</time>`;
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

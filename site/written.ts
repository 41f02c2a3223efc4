import type {MarkdownInstance} from 'astro';
import {to} from './links.ts';

/** What is written in docs/, as parts of pages: the decisions, and what else is worth exploring. */

type Compiled = MarkdownInstance<Record<string, unknown>> & {compiledContent(): Promise<string>};

export interface Decision {
  name: string;
  title: string;
  html: string;
}

export async function decisions(): Promise<Decision[]> {
  const files = import.meta.glob<Compiled>('../docs/decisions/[0-9]*.md', {eager: true});
  return Promise.all(
    Object.entries(files).map(async ([path, file]) => ({
      name: path.replace(/^.*\/|\.md$/g, ''),
      title: (file.getHeadings()[0]?.text ?? '').replace(/^\d+\.\s*/, ''),
      html: fitted(await file.compiledContent()).replace(/<h1[^>]*>.*?<\/h1>/s, ''),
    })),
  );
}

export interface Chapter {
  id: string;
  title: string;
  html: string;
}

/** The chapters of docs/exploration.md that have no figures; those with figures are drawn from the warehouse instead. */
export async function chapters(): Promise<Chapter[]> {
  const [file] = Object.values(import.meta.glob<Compiled>('../docs/exploration.md', {eager: true}));
  const html = file ? fitted(await file.compiledContent()) : '';
  return [...html.matchAll(/<h2 id="([^"]+)">(.*?)<\/h2>(.*?)(?=<h2|$)/gs)]
    .map(([, id = '', title = '', text = '']) => ({id, title, html: text}))
    .filter(({id}) => !id.startsWith('analyses'));
}

/**
 * Links to decisions lead to their pages, those to other files of the repository are only text here; a table may scroll by itself.
 */
function fitted(html: string): string {
  let tables = 0;
  return html
    .replaceAll(/<a href="([^"]+)">(.*?)<\/a>/gs, (whole, target: string, text: string) => {
      const decision = /^(?:\.\/|decisions\/)?(\d{4}-[a-z0-9-]+)\.md$/.exec(target);
      if (decision?.[1]) return `<a href="${to(`methods/decisions/${decision[1]}/`)}">${text}</a>`;
      return /^https?:/.test(target) ? whole : text;
    })
    .replaceAll(
      '<table>',
      () => `<div class="scroll" tabindex="0" role="region" aria-label="Table ${++tables}"><table>`,
    )
    .replaceAll('</table>', '</table></div>');
}

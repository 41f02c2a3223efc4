import type {MarkdownInstance} from 'astro';
import {to} from './links.ts';

/** The decisions of the project, as they stand in docs/decisions. */
export interface Decision {
  name: string;
  title: string;
  html: string;
}

type Compiled = MarkdownInstance<Record<string, unknown>> & {compiledContent(): Promise<string>};

export async function decisions(): Promise<Decision[]> {
  const files = import.meta.glob<Compiled>('../docs/decisions/[0-9]*.md', {eager: true});
  return Promise.all(
    Object.entries(files).map(async ([path, file]) => {
      const [heading] = file.getHeadings();
      return {
        name: path.replace(/^.*\/|\.md$/g, ''),
        title: heading?.text ?? '',
        html: linked(await file.compiledContent()).replace(/<h1[^>]*>.*?<\/h1>/s, ''),
      };
    }),
  );
}

/** Links to other decisions lead to their pages; those to files of the repository are only text here. */
function linked(html: string): string {
  return html.replaceAll(/<a href="([^"]+)">(.*?)<\/a>/gs, (whole, target: string, text: string) => {
    const decision = /^(?:\.\/)?(\d{4}-[a-z0-9-]+)\.md$/.exec(target);
    if (decision?.[1]) return `<a href="${to(`methods/decisions/${decision[1]}/`)}">${text}</a>`;
    return /^https?:/.test(target) ? whole : text;
  });
}

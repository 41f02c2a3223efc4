import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Marked} from 'marked';
import {projectFolder} from '../src/project-folder.ts';
import {type Html, html, raw} from './html.ts';

/** The documents of docs/ that pages show, in markdown. */
export interface Documents {
  decisions: Decision[];
}

export interface Decision {
  name: string;
  title: string;
  markdown: string;
}

export async function readDocuments(): Promise<Documents> {
  const docs = join(projectFolder, 'docs');
  const names = (await readdir(join(docs, 'decisions'))).filter((name) => /^\d.*\.md$/.test(name)).sort();
  const decisions = names.map(async (name) => {
    const [heading = '', ...rest] = (await readFile(join(docs, 'decisions', name), 'utf8')).split('\n');
    return {
      name: name.replace(/\.md$/, ''),
      title: curlQuotes(heading.replace(/^#\s*(\d+\.\s*)?/, '')),
      markdown: rest.join('\n'),
    };
  });
  return {decisions: await Promise.all(decisions)};
}

/** Returns the id of a heading, as GitHub makes it. */
function slugify(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

/**
 * Renders markdown. Links to decisions lead to their pages. Links to other files of the repository become plain text. Tables and
 * code scroll by themselves.
 */
export function renderMarkdown(
  {to}: {to: (path: string) => string},
  {title, markdown}: {title: string; markdown: string},
): Html {
  let tables = 0;
  const marked = new Marked({
    renderer: {
      tablecell({tokens, header, align}) {
        const tag = header ? 'th' : 'td';
        const style = align ? ` style="text-align: ${align}"` : '';
        return `<${tag}${style}>${this.parser.parseInline(tokens)}</${tag}>\n`;
      },
      heading({tokens, depth, text}) {
        return `<h${depth} id="${slugify(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({href, tokens}) {
        const text = this.parser.parseInline(tokens);
        const decision = /^(?:\.\/|decisions\/)?(\d{4}-[a-z0-9-]+)\.md$/.exec(href)?.[1];
        if (decision) return `<a href="${to(`methods/decisions/${decision}/`)}">${text}</a>`;
        return /^https?:/.test(href) ? `<a href="${href.replaceAll('"', '%22')}">${text}</a>` : text;
      },
    },
    hooks: {
      postprocess: (made) =>
        curlQuotes(made)
          .replaceAll('<pre>', '<pre tabindex="0">')
          .replaceAll('<table>', () => {
            tables += 1;
            return String(
              html`<div class="scroll" tabindex="0" role="region" aria-label="${title}: table ${tables}"><table>`,
            );
          })
          .replaceAll('</table>', '</table></div>'),
    },
  });
  return raw(marked.parse(markdown, {async: false}));
}

/** Turns straight quotes into curly ones, except in code. */
function curlQuotes(text: string): string {
  let before = '';
  return text.replaceAll(/<(pre|code)\b.*?<\/\1>|<[^>]*>|&quot;|&#39;|[^<&]|[<&]/gs, (part) => {
    const isTag = part.startsWith('<') && part.length > 1;
    const opens = /^$|[\s([{—–-]/.test(before);
    if (!isTag || /^<(pre|code)/.test(part)) before = isTag ? 'x' : part;
    if (part === '&quot;' || part === '"') return opens ? '“' : '”';
    if (part === '&#39;' || part === "'") return opens ? '‘' : '’';
    return part;
  });
}

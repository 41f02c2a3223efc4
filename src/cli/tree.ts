import {styleText} from 'node:util';
import {bold} from './terminal.ts';

/** A line of a tree, and the branches below it. */
export interface Branch {
  text: string;
  /** Printed to the right, in a column of its own. */
  note?: string;
  /** Whether it is printed dim. */
  isAside?: boolean;
  branches?: Branch[];
}

/** Draws a tree, with its notes aligned in a column at the right. */
export function drawTree(root: Branch): string {
  const lines: {lead: string; branch: Branch}[] = [];
  const visit = (branch: Branch, lead: string, below: string) => {
    lines.push({lead, branch});
    const {branches = []} = branch;
    for (const [index, child] of branches.entries()) {
      const isLast = index === branches.length - 1;
      visit(child, `${below}${isLast ? '└─ ' : '├─ '}`, `${below}${isLast ? '   ' : '│  '}`);
    }
  };
  visit(root, '', '');
  const width = Math.max(
    ...lines.map(({lead, branch}) => (branch.note === undefined ? 0 : lead.length + branch.text.length)),
  );
  return lines
    .map(({lead, branch}, index) => {
      const {text, note, isAside} = branch;
      const shown = index === 0 ? bold(text) : isAside ? dim(text) : text;
      const aligned = note === undefined ? '' : `${' '.repeat(width - lead.length - text.length + 3)}${dim(note)}`;
      return `${dim(lead)}${shown}${aligned}\n`;
    })
    .join('');
}

function dim(text: string): string {
  return styleText('dim', text, {stream: process.stdout});
}

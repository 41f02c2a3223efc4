import assert from 'node:assert/strict';
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {before, describe, test} from 'node:test';
import {makeDocuments} from '../docs/generate/documents.ts';
import {projectFolder} from '../src/project-folder.ts';
import {openSampleBuild, type SampleBuild} from './support/pipeline.ts';

let built: SampleBuild;
let made: Map<string, string>;
before(async () => {
  built = await openSampleBuild();
  made = await makeDocuments(built.warehouse);
});

test('the dictionary and the diagrams match the project (if not, run: npm run docs)', async () => {
  for (const [path, text] of made) {
    const kept = await readFile(join(projectFolder, path), 'utf8').catch(() => undefined);
    assert.ok(kept === text, `${path} is not up to date. Run npm run docs, and commit what it makes.`);
  }
  const diagrams = (await readdir(join(projectFolder, 'docs/diagrams'))).map((name) => `docs/diagrams/${name}`);
  assert.deepEqual(diagrams.sort(), [...made.keys()].filter((path) => path.startsWith('docs/diagrams/')).sort());
});

describe('the dictionary', () => {
  const dictionary = () => made.get('docs/dictionary.md') ?? '';

  test('has every table of a build with its grain, and every column with its type and meaning', async () => {
    const columns =
      await built.rows(`select table_schema as schema, table_name as name, column_name as column, lower(data_type) as type
      from information_schema.columns order by schema, name, ordinal_position`);
    const byTable = Map.groupBy(columns, ({schema, name}) => `${schema}.${name}`);
    assert.ok(byTable.size > 40);
    for (const [table, expected] of byTable) {
      const name = table.split('.')[1];
      const section = new RegExp(`^### ${name}\\n\\n(One row = .+?)\\n\\n(.*?)\`${table}\``, 'ms').exec(
        dictionary(),
      )?.[2];
      assert.ok(section !== undefined, `${table} is not there, or its grain doesn't come first`);
      const lines = section.split('\n').filter((line) => line.startsWith('| '));
      const cells = lines.map((line) => line.slice(2).split(/ *(?<!\\)\| */));
      const [type = -1, meaning = -1] = ['type', 'meaning'].map((head) => cells[0]?.indexOf(head));
      const rows = cells.slice(2).map((row) => ({
        column: row[0]?.replace(/<a id="[\w.]+"><\/a>/, '').replaceAll('**', ''),
        type: row[type],
        hasMeaning: (row[meaning] ?? '') !== '',
      }));
      assert.deepEqual(
        rows,
        expected.map(({column, type}) => ({column, type, hasMeaning: true})),
        table,
      );
    }
  });

  test('has the keys and references that the tests declare', () => {
    const cells = /^\| <a id="fct_teacher\.school_id"><\/a>(.*)$/m.exec(dictionary())?.[1];
    assert.match(
      cells ?? '',
      /^\*\*school_id\*\* \| varchar \| .* \| → \[dim_school\]\(#dim_school\); always there \|$/,
    );
    assert.match(dictionary(), /"dim_demographic_group\.demographic_group_id"><\/a>\*\*demographic_group_id\*\* /);
    assert.match(
      dictionary(),
      /"fct_teacher\.teacher_count"><\/a>teacher_count \| integer \| [^|]+ \| Never below 0 \|/,
    );
  });

  test("gives the publisher's names for the columns of raw tables", () => {
    assert.match(dictionary(), /"ospi_teachers\.teacher_count"><\/a>teacher_count \| TeacherCount \| integer \|/);
  });

  test('has no broken links', () => {
    const headings = [...dictionary().matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    assert.equal(new Set(headings).size, headings.length, 'two headings are called the same');
    const anchors = new Set([...headings, ...[...dictionary().matchAll(/<a id="([^"]+)"/g)].map(([, id]) => id)]);
    const targets = [...dictionary().matchAll(/\]\(#([^)]+)\)/g)].map(([, target]) => target);
    assert.ok(targets.length > 500);
    assert.deepEqual(
      targets.filter((target) => !anchors.has(target)),
      [],
    );
  });
});

interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Reads the boxes, the pieces of lines and the words of a drawing, in the units of the page. */
function read(svg: string) {
  const attribute = (tag: string, name: string) => Number(new RegExp(`\\b${name}="([-\\d.]+)"`).exec(tag)?.[1]);
  const sizes = new Map(
    [...svg.matchAll(/\.([\w,.-]+)\{[^}]*font-size:([\d.]+)px/g)].flatMap(([, kinds = '', size]) =>
      kinds.split(',').map((kind) => [kind.replace('.', ''), Number(size)] as const),
    ),
  );
  const boxes: Rectangle[] = [];
  const pieces: {x1: number; y1: number; x2: number; y2: number}[] = [];
  const words: (Rectangle & {words: string; size: number})[] = [];
  let move = {x: 0, y: 0, scale: 1};
  for (const [tag] of svg.matchAll(/<(g|\/g|rect|path|text)\b[^>]*>(?:[^<]*<\/text>)?/g)) {
    const [, x = 0, y = 0, scale = 1] = (/translate\(([\d.]+) ([\d.]+)\) scale\(([\d.]+)\)/.exec(tag) ?? []).map(
      Number,
    );
    const kind = /class="([\w -]+)"/.exec(tag)?.[1] ?? '';
    const at = (point: {x: number; y: number}) => ({
      x: move.x + point.x * move.scale,
      y: move.y + point.y * move.scale,
    });
    if (tag.startsWith('<g')) move = {x, y, scale};
    else if (tag.startsWith('</g')) move = {x: 0, y: 0, scale: 1};
    else if (tag.startsWith('<rect') && kind.startsWith('box')) {
      const place = at({x: attribute(tag, 'x'), y: attribute(tag, 'y')});
      boxes.push({
        ...place,
        width: attribute(tag, 'width') * move.scale,
        height: attribute(tag, 'height') * move.scale,
      });
    } else if (tag.startsWith('<path') && kind.startsWith('line')) {
      const points = [...(/ d="M([^"]+)"/.exec(tag)?.[1] ?? '').split('L')].map((point) => {
        const [x = Number.NaN, y = Number.NaN] = point.split(' ').map(Number);
        return at({x, y});
      });
      for (const [index, end] of points.slice(1).entries()) {
        const start = points[index] ?? end;
        pieces.push({x1: start.x, y1: start.y, x2: end.x, y2: end.y});
      }
    } else if (tag.startsWith('<text')) {
      const size = (attribute(tag, 'font-size') || sizes.get(kind.split(' ')[0] ?? '') || Number.NaN) * move.scale;
      const text = (/>([^<]*)</.exec(tag)?.[1] ?? '').replaceAll(/&\w+;/g, '_');
      const width = text.length * size * 0.6;
      const {x, y} = at({x: attribute(tag, 'x'), y: attribute(tag, 'y')});
      const left = tag.includes('text-anchor="middle"') ? x - width / 2 : x;
      words.push({x: left, y: y - size * 0.75, width, height: size * 0.9, words: text, size});
    }
  }
  return {boxes, pieces, words};
}

const overlap = (a: Rectangle, b: Rectangle) =>
  a.x < b.x + b.width - 0.5 && b.x < a.x + a.width - 0.5 && a.y < b.y + b.height - 0.5 && b.y < a.y + a.height - 0.5;

describe('diagrams', () => {
  for (const name of ['flow', 'keys', 'models']) {
    describe(name, () => {
      const svg = () => made.get(`docs/diagrams/${name}.svg`) ?? '';

      test('is an A4 page with a title and a description', () => {
        const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg()) ?? [];
        assert.ok(Math.abs(Number(width) / Number(height) - 297 / 210) < 0.002);
        assert.match(
          svg(),
          /<svg [^>]*role="img" aria-labelledby="title desc">\n<title id="title">.{10,}<\/title>\n<desc id="desc">.{100,}/,
        );
        const open = [...svg().matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)].reduce<string[]>(
          (stack, [, isEnd, tag, isEmpty]) => {
            if (isEnd) assert.equal(stack.pop(), tag);
            else if (!isEmpty && tag) stack.push(tag);
            return stack;
          },
          [],
        );
        assert.deepEqual(open, []);
        assert.doesNotMatch(svg(), /NaN|undefined|null/);
      });

      test('is legible on paper and within the margins', () => {
        const {boxes, words} = read(svg());
        assert.ok(boxes.length > 10 && words.length > 30);
        // 1123 units are 297 mm; a point is 0.353 mm.
        const points = (size: number) => ((size / 1123) * 297) / 0.353;
        for (const {words: text, size} of words) assert.ok(points(size) > 4.8, `"${text}" in ${points(size)} points`);
        for (const {x, y, width, height} of [...boxes, ...words]) {
          assert.ok(x > 20 && y > 20 && x + width < 1123 - 15 && y + height < 794 - 15);
        }
      });

      test('has no line through a box or words, and no words outside their box', () => {
        const {boxes, pieces, words} = read(svg());
        assert.ok(pieces.length > 10);
        for (const {x1, y1, x2, y2} of pieces) {
          const thick = {x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1)};
          const line = {...thick, width: Math.max(thick.width, 1.2), height: Math.max(thick.height, 1.2)};
          for (const box of boxes)
            assert.ok(!overlap(line, box), `${JSON.stringify(line)} crosses ${JSON.stringify(box)}`);
          for (const word of words) assert.ok(!overlap(line, word), `a line crosses "${word.words}"`);
        }
        for (const [index, box] of boxes.entries()) {
          for (const other of boxes.slice(index + 1)) assert.ok(!overlap(box, other), 'two boxes overlap');
        }
        for (const [index, word] of words.entries()) {
          for (const other of words.slice(index + 1)) {
            assert.ok(!overlap(word, other), `"${word.words}" lies on "${other.words}"`);
          }
          for (const {x, y, width, height} of boxes.filter((box) => overlap(box, word))) {
            const isWithin =
              word.x >= x && word.x + word.width <= x + width && word.y >= y && word.y + word.height <= y + height;
            assert.ok(isWithin, `"${word.words}" leaves its box`);
          }
        }
      });
    });
  }

  test('every table of core and marts is in the picture and in the Mermaid, with its keys', async () => {
    const tables = await built.rows(`select table_schema as schema, table_name as name from information_schema.tables
      where table_schema in ('staging', 'intermediate', 'core', 'marts')`);
    // Pictures break names over several lines.
    const words = (name: string) =>
      read(made.get(`docs/diagrams/${name}.svg`) ?? '')
        .words.map(({words}) => words.replace(/ [●■▲]+$/, ''))
        .join('');
    for (const {schema, name} of tables) {
      const diagrams = schema === 'core' ? ['flow', 'models', 'keys'] : ['flow', 'models'];
      for (const diagram of diagrams) {
        assert.ok(words(diagram).includes(String(name)), `${name} is not in ${diagram}.svg`);
        assert.match(
          made.get(`docs/diagrams/${diagram}.md`) ?? '',
          new RegExp(`\\b${name}\\b`),
          `${name}, ${diagram}.md`,
        );
      }
    }
    const keys = made.get('docs/diagrams/keys.md') ?? '';
    assert.match(keys, /^ {2}fct_teacher \{\n {4}varchar school_year PK,FK\n {4}varchar school_id PK,FK\n/m);
    assert.match(keys, /^ {2}dim_school \|\|--o\{ fct_teacher : school_id$/m);
  });
});

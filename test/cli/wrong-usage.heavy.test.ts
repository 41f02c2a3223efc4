import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {existsSync, mkdirSync, realpathSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {expectError, rollcall} from '../support/command.ts';
import {findPublishedHome, makeWorkspace, readPublishedState} from '../support/workspace.ts';

/** Each command with arguments that it can't use, its exit code, and the text of the error. */
const wrong: [args: string[], code: 1 | 2, says: RegExp[]][] = [
  [['rnu'], 2, [/rnu/, /--help/]],
  [['answr', '--help'], 2, [/answr/, /Did you mean answer/]],
  [['help', 'answr'], 2, [/answr/, /Did you mean answer/]],
  [['constructor'], 2, [/constructor/, /--help/]],
  [['run', '--form', 'sample'], 2, [/--form/, /--help/]],
  [['run', '--from'], 2, [/--from/, /--help/]],
  [['run', 'sample'], 2, [/argument/, /--help/]],
  [['demo', '--fast'], 2, [/--fast/, /--help/]],
  [['answer', 'teachers'], 2, [/teachers/, /teacher-groups/]],
  [['answer', 'Schools'], 2, [/Schools/, /schools/]],
  [['answer', 'schools', 'representation'], 2, [/argument/, /--help/]],
  [['answer', 'schools', '--format', 'xml'], 2, [/xml/, /table, json, csv, md/]],
  [['answer', 'schools', '--format', ''], 2, [/format/, /table, json, csv, md/]],
  [['answer', 'schools', '--year', 'soon'], 2, [/--year soon/, /2020-21/]],
  [['answer', 'schools', '--year', '2020-22'], 2, [/--year 2020-22/, /--year 2020-21/]],
  [['answer', 'schools', '--year', '2030-31'], 2, [/--year 2030-31/, /it has 2020-21/]],
  [['answer', 'schools', '--year', "2020-21' or '1' = '1"], 2, [/--year/, /not a school year/]],
  [['answer', 'schools', '--group', 'asian'], 2, [/--group/, /student-groups/]],
  [['answer', 'schools', '--min-students', 'few'], 2, [/few is not a number/, /--min-students 30/]],
  [['answer', 'schools', '--min-teachers', '-1'], 2, [/-1 is not a number/]],
  [['answer', '--min-students', '30'], 2, [/--min-students and --min-teachers go with a question/]],
  [['explore', 'size', '--min-students', '30'], 2, [/--min-students/]],
  [['answer', 'schools', '--by', 'group'], 2, [/--by/, /representation/]],
  [['answer', 'representation', '--by', 'school'], 2, [/--by/, /group/]],
  [['answer', 'student-groups', '--group', 'martians'], 2, [/--group martians/, /asian/, /low_income/, /all/]],
  [['answer', 'student-groups', '--group', 'asain'], 2, [/Did you mean asian\?/]],
  [['answer', 'student-groups', '--group', ''], 2, [/--group/, /asian/]],
  [['history', '1', '--format', 'csv'], 2, [/--format csv/]],
  [['answer', 'student-groups', '--group', 'total'], 2, [/--group total/, /asian/]],
  [['answer', 'student-groups', '--group', "asian' or 1=1 --"], 2, [/--group/, /no such group/]],
  [['sql'], 2, [/query/, /--help/]],
  [['sql', ''], 2, [/quer|SQL/i]],
  [['sql', '--param', 'year'], 2, [/--param year=2020-21/]],
  [['sql', '--file', 'no.sql'], 2, [/no\.sql/]],
  [['completions', 'tcsh'], 2, [/tcsh/, /bash, zsh, fish/]],
  [['tables', 'mart'], 2, [/mart/, /marts/]],
  [['sql', ';'], 2, [/quer|SQL/i]],
  [['sql', '-- nothing'], 2, [/quer|SQL/i]],
  [['sql', 'selec 1'], 2, [/syntax error/, /selec/]],
  [['sql', 'select 1 +'], 2, [/syntax error/]],
  [['sql', "select 'open"], 2, [/unterminated|syntax/]],
  [['sql', 'select * from no_such_table'], 2, [/no_such_table/]],
  [['sql', 'select no_such_column from schools'], 2, [/no_such_column/]],
  [['sql', "select 'x'::integer"], 2, [/x/]],
  [['sql', 'select 1', 'select 2'], 2, [/argument/, /--help/]],
  [['sql', 'select 1', '--format', 'xlsx'], 2, [/xlsx/, /table, json, csv, md/]],
  [['build', 'schools'], 2, [/argument/, /--help/]],
  [['build', '--select'], 2, [/--select/, /--help/]],
  [['build', '--select', 'scools'], 2, [/--select scools/, /Did you mean schools/]],
  [['build', '--select', '+schools', '--exclude', 'stagin'], 2, [/--exclude stagin/, /Did you mean staging/]],
];

/** Statements that would change something, or use anything but the published build. */
const refused = [
  'delete from marts.schools',
  'delete from raw.ospi_enrollment',
  'insert into raw.rejected_row (reason) values (1)',
  'drop table raw.ospi_enrollment',
  'drop schema marts cascade',
  'alter table raw.ospi_enrollment add column x integer',
  'create table x (a integer)',
  'create table marts.x as select 1 as a',
  'create view marts.x as select 1 as a',
  'create schema x',
  'select 1; delete from raw.ospi_enrollment',
  "copy marts.schools to 'FILE'",
  "copy (select 1) to 'FILE'",
  "copy raw.ospi_enrollment from 'FILE'",
  "export database 'FILE'",
  "import database 'FILE'",
  "attach 'FILE' as other",
  "attach 'FILE' as other (read_only)",
  'install httpfs',
  "load 'FILE'",
  "select * from read_csv('/etc/passwd')",
  "select * from '/etc/passwd'",
  "select * from glob('/etc/*')",
  "copy (select 1) to 'OWN' (format csv, use_tmp_file false)",
  "copy (select 1) to 'OWN.wal' (format csv, use_tmp_file false)",
  "select size from read_blob('OWN')",
  'set enable_external_access = true',
  "set disabled_filesystems = ''",
  "set home_directory = '/tmp'",
  'reset lock_configuration',
];

describe('commands', {concurrency: 3}, () => {
  for (const [args, code, says] of wrong) {
    test(`rollcall ${args.map((arg) => (/^[\w-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(' ')}`, async () => {
      const outcome = await rollcall(args, {env: {ROLLCALL_HOME: await findPublishedHome()}});
      const error = expectError(outcome);
      assert.equal(outcome.code, code, error);
      for (const part of says) assert.match(error, part);
    });
  }

  test('rollcall without a command lists the commands', async () => {
    const {code, stdout, stderr} = await rollcall([]);
    assert.equal(code, 2);
    assert.match(stdout + stderr, /run .*demo .*answer .*sql /s);
  });

  test('rollcall --help, answer --help and build --help print help and exit with 0', async () => {
    for (const args of [['--help'], ['answer', '--help'], ['build', '--help']]) {
      const {code, stdout, stderr} = await rollcall(args);
      assert.equal(code, 0);
      assert.match(stdout, /Usage: rollcall/);
      assert.equal(stderr, '');
    }
  });
});

describe('a home without a build', {concurrency: 3}, () => {
  test('answer and explore without a name list the questions', async (t) => {
    const {root} = await makeWorkspace(t);
    for (const [command, name] of [
      ['answer', 'teachers-of-color'],
      ['explore', 'growth'],
    ] as const) {
      const {code, stdout, stderr} = await rollcall([command, '--home', join(root, 'nowhere'), '--json']);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /nothing is published here yet/);
      const list = JSON.parse(stdout) as {name: string; question: string; school_years: null}[];
      assert.ok(list.some((each) => each.name === name && each.question !== '' && each.school_years === null));
    }
  });

  for (const args of [['answer', 'schools'], ['sql', 'select 1'], ['build']]) {
    test(`rollcall ${args.join(' ')}`, async (t) => {
      const {root} = await makeWorkspace(t);
      const empty = join(root, 'empty');
      for (const home of [join(root, 'nowhere'), empty]) {
        if (home === empty) mkdirSync(home);
        const outcome = await rollcall([...args, '--home', home]);
        const error = expectError(outcome);
        assert.equal(outcome.code, 1, error);
        assert.ok(error.includes(home), error);
        assert.match(error, /nothing is published here yet/);
        assert.match(error, /npx rollcall run --from|npx rollcall demo/);
        assert.equal(existsSync(home), home === empty, 'a command that reads makes no home directory');
      }
    });
  }

  test('a build with a damaged manifest is named in the error', async (t) => {
    const space = await makeWorkspace(t);
    const [published] = Object.keys(readPublishedState(space.home)).filter((name) => name.endsWith('manifest.json'));
    writeFileSync(join(space.home, 'builds', published ?? ''), '{"build": ');
    for (const args of [
      ['answer', 'schools'],
      ['sql', 'select 1'],
      ['run', '--from', space.folder],
    ]) {
      const error = expectError(await rollcall([...args, '--home', space.home]));
      assert.match(error, /manifest\.json/);
    }
  });

  test('a build with a damaged warehouse is named in the error', async (t) => {
    const space = await makeWorkspace(t);
    const [warehouse] = Object.keys(readPublishedState(space.home)).filter((name) => name.endsWith('warehouse.duckdb'));
    writeFileSync(join(space.home, 'builds', warehouse ?? ''), 'a letter');
    for (const args of [['answer', 'schools'], ['sql', 'select 1'], ['build']]) {
      const error = expectError(await rollcall([...args, '--home', space.home]));
      assert.match(error, /warehouse\.duckdb/);
    }
  });
});

test('sql can read the published build and do nothing else', async (t) => {
  const space = await makeWorkspace(t);
  const before = readPublishedState(space.home);
  const file = join(space.root, 'out');
  const own = realpathSync(join(space.home, 'published', 'warehouse.duckdb'));
  await Promise.all(
    [0, 1, 2].map(async (worker) => {
      for (const statement of refused.filter((_, index) => index % 3 === worker)) {
        const sql = statement.replace('FILE', file).replace('OWN', own);
        const outcome = await rollcall(['sql', sql, '--home', space.home]);
        const error = expectError(outcome);
        assert.equal(outcome.code, 2, `${statement}: ${error}`);
        assert.ok(!existsSync(file), `${statement} wrote a file`);
      }
    }),
  );
  assert.deepEqual(readPublishedState(space.home), before);
});

test('sql prints its result in every format, with the columns even if there are no rows', async () => {
  const home = await findPublishedHome();
  const sql = async (query: string, format: string) => {
    const {code, stdout, stderr} = await rollcall(['sql', query, '--format', format, '--home', home]);
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const odd = `select 'a,"b"' || chr(10) || 'c|d' as "odd name", null as nothing, 9007199254740993 as large, [1, 2] as many, true as yes`;
  const json = JSON.parse(await sql(odd, 'json')) as Record<string, unknown>[];
  assert.deepEqual(json, [
    {'odd name': 'a,"b"\nc|d', nothing: null, large: '9007199254740993', many: [1, 2], yes: true},
  ]);
  assert.equal(
    await sql(odd, 'csv'),
    'odd name,nothing,large,many,yes\n"a,""b""\nc|d",,9007199254740993,"[1,2]",true\n',
  );
  assert.match(await sql('select 1 as a, 2 as a where false', 'csv'), /^a,a.1\n$/);
  assert.equal(await sql('select 1 as a where false', 'json'), '[]\n');
  const md = (await sql(odd, 'md')).trimEnd().split('\n');
  assert.equal(md.length, 3, 'a row of a Markdown table is a line');
  assert.match(md[2] ?? '', /c\\\|d/);
});

test('a reader that closes the pipe early causes no error', async () => {
  const home = await findPublishedHome();
  const program = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url));
  const command = `"$0" "$1" sql "from raw.ospi_enrollment" --format csv --home "$2" | head -1`;
  const {stdout, stderr} = await new Promise<{stdout: string; stderr: string}>((resolve) =>
    execFile('bash', ['-o', 'pipefail', '-c', command, process.execPath, program, home], (_, stdout, stderr) =>
      resolve({stdout, stderr}),
    ),
  );
  assert.match(stdout, /^school_year,/);
  assert.doesNotMatch(stderr, /EPIPE|^ {4}at /m);
});

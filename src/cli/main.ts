import {Command, CommanderError} from 'commander';
import packageJson from '#package.json' with {type: 'json'};
import {exit} from '../failure.ts';

// Libraries that style text read FORCE_COLOR; people set NO_COLOR.
if (process.env['NO_COLOR']) process.env['FORCE_COLOR'] = '0';

// A reader such as head or less may close the pipe early. That is no error.
process.stdout.on('error', async (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exit.done);
  const {reportError} = await import('./terminal.ts');
  reportError(Object.assign(error, {path: 'Standard output'}));
  process.exit();
});
// A run goes on if nobody reads its messages.
process.stderr.on('error', () => {});

const program = new Command('rollcall')
  .description('Do the teachers reflect the students they teach?')
  .version(packageJson.version)
  .addHelpText(
    'after',
    `
Exit codes:
  0         done
  1         a check failed, or a bug
  2         wrong usage
  3         the source can't be reached
  4         another run holds the lock
  130, 143  stopped by SIGINT, SIGTERM`,
  )
  .configureHelp({subcommandTerm: (command) => command.name()})
  .exitOverride()
  .showHelpAfterError('(see rollcall --help)');

interface Entry {
  summary: string;
  load: () => Promise<() => Command>;
}

async function loadCommand({summary, load}: Entry): Promise<Command> {
  return (await load())().description(summary);
}

/** The commands, in the order of the help. A command's modules load when it is called: the help needs none of them. */
const commands: Record<string, Entry> = {
  run: {
    summary: 'land, reshape, build, audit and publish',
    load: async () => (await import('./run.ts')).createRunCommand,
  },
  plan: {
    summary: 'show what a run with the same options would do, and why',
    load: async () => (await import('./plan.ts')).createPlanCommand,
  },
  demo: {
    summary: 'run everything on the bundled example of real schools, offline, and print the main answers',
    load: async () => (await import('./demo.ts')).createDemoCommand,
  },
  build: {
    summary: 'build and test models under development, in a copy of the published build',
    load: async () => (await import('./build.ts')).createBuildCommand,
  },
  answer: {
    summary: "answer the mission's questions from the published build",
    load: async () => (await import('./answer.ts')).createAnswerCommand,
  },
  explore: {
    summary: 'answer questions beyond the assignment from the same warehouse (docs/exploration.md)',
    load: async () => (await import('./explore.ts')).createExploreCommand,
  },
  sql: {summary: 'query the published build, read-only', load: async () => (await import('./sql.ts')).createSqlCommand},
  tables: {
    summary: 'list the tables of the published build: what one row is, and how many there are',
    load: async () => (await import('./tables.ts')).createTablesCommand,
  },
  describe: {
    summary: 'describe a table of the published build: its columns, their types, meaning, values and tests',
    load: async () => (await import('./tables.ts')).createDescribeCommand,
  },
  columns: {
    summary: 'find columns of the published build by a word in their name or meaning',
    load: async () => (await import('./tables.ts')).createColumnsCommand,
  },
  lineage: {
    summary: "trace a column back to the publisher's own column, or forward to what uses it",
    load: async () => (await import('./lineage.ts')).createLineageCommand,
  },
  export: {
    summary: 'export the tables of a build: files, an Excel workbook, a DuckDB file or a Postgres database',
    load: async () => (await import('./export.ts')).createExportCommand,
  },
  site: {
    summary: 'write the report of the published build: static pages for any web server',
    load: async () => (await import('./site.ts')).createSiteCommand,
  },
  sources: {
    summary: "list the publisher's data sets: what has landed, when, and how fresh it is",
    load: async () => (await import('./sources.ts')).createSourcesCommand,
  },
  doctor: {
    summary: 'say what is wrong: the machine, the home directory, the network, each data set of the publisher',
    load: async () => (await import('./doctor.ts')).createDoctorCommand,
  },
  history: {
    summary: 'list runs and builds: when, what, the outcome, and which build is published',
    load: async () => (await import('./history.ts')).createHistoryCommand,
  },
  changes: {
    summary: 'compare two builds: rows, answers and schools',
    load: async () => (await import('./changes.ts')).createChangesCommand,
  },
  rollback: {
    summary: 'publish an earlier build: the previously published one, or the one you name',
    load: async () => (await import('./rollback.ts')).createRollbackCommand,
  },
  prune: {
    summary: 'delete old builds; never the published one, and never landed files',
    load: async () => (await import('./prune.ts')).createPruneCommand,
  },
  serve: {
    summary: 'serve the report and the operations page over HTTP, and run on schedule',
    load: async () => (await import('./serve.ts')).createServeCommand,
  },
  completions: {
    summary: 'print what a shell needs to complete commands, options and names with the Tab key',
    load: async () => {
      const {createCompletionsCommand} = await import('./completions.ts');
      return () => createCompletionsCommand(() => Promise.all(Object.values(commands).map(loadCommand)));
    },
  },
};

const called = process.argv.slice(2).find((argument) => Object.hasOwn(commands, argument));
for (const [name, entry] of Object.entries(commands)) {
  const command = name === called ? await loadCommand(entry) : new Command(name).description(entry.summary);
  command.exitOverride().showHelpAfterError(`(see rollcall ${name} --help)`);
  program.addCommand(command);
}

// Commander would answer a mistyped command that stands beside "help" or "--help" with the help of rollcall.
const [wanted = ''] = process.argv.slice(2);
const [named = ''] = wanted === 'help' ? process.argv.slice(3) : [wanted];
const isUnknown = /^[^-]/.test(named) && named !== 'help' && !Object.hasOwn(commands, named);
try {
  await program.parseAsync(isUnknown ? [named] : process.argv.slice(2), {from: 'user'});
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exit.done : exit.usage;
  else (await import('./terminal.ts')).reportError(error);
}

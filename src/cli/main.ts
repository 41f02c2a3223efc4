import {Command, CommanderError} from 'commander';
import packageJson from '#package.json' with {type: 'json'};
import {exit} from '../failure.ts';
import {reportError} from './terminal.ts';

// Libraries that style text read FORCE_COLOR; people set NO_COLOR.
if (process.env['NO_COLOR']) process.env['FORCE_COLOR'] = '0';

// A reader such as head or less may close the pipe early. That is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exit.done);
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
  .exitOverride()
  .showHelpAfterError('(see rollcall --help)');

/** The commands, in the order of the help. Each loads its modules only when it is called: an answer needs no web server. */
const commands: Record<string, () => Promise<() => Command>> = {
  run: async () => (await import('./run.ts')).createRunCommand,
  plan: async () => (await import('./plan.ts')).createPlanCommand,
  demo: async () => (await import('./demo.ts')).createDemoCommand,
  build: async () => (await import('./build.ts')).createBuildCommand,
  answer: async () => (await import('./answer.ts')).createAnswerCommand,
  explore: async () => (await import('./explore.ts')).createExploreCommand,
  sql: async () => (await import('./sql.ts')).createSqlCommand,
  tables: async () => (await import('./tables.ts')).createTablesCommand,
  describe: async () => (await import('./tables.ts')).createDescribeCommand,
  columns: async () => (await import('./tables.ts')).createColumnsCommand,
  lineage: async () => (await import('./lineage.ts')).createLineageCommand,
  export: async () => (await import('./export.ts')).createExportCommand,
  site: async () => (await import('./site.ts')).createSiteCommand,
  sources: async () => (await import('./sources.ts')).createSourcesCommand,
  doctor: async () => (await import('./doctor.ts')).createDoctorCommand,
  history: async () => (await import('./history.ts')).createHistoryCommand,
  changes: async () => (await import('./changes.ts')).createChangesCommand,
  rollback: async () => (await import('./rollback.ts')).createRollbackCommand,
  prune: async () => (await import('./prune.ts')).createPruneCommand,
  serve: async () => (await import('./serve.ts')).createServeCommand,
  completions: async () => {
    const {createCompletionsCommand} = await import('./completions.ts');
    return () =>
      createCompletionsCommand(() => Promise.all(Object.values(commands).map(async (each) => (await each())())));
  },
};

const [wanted = ''] = process.argv.slice(2);
const load = Object.hasOwn(commands, wanted) ? commands[wanted] : undefined;
for (const each of load ? [load] : Object.values(commands)) {
  const command = (await each())();
  program.addCommand(command.exitOverride().showHelpAfterError(`(see rollcall ${command.name()} --help)`));
}
// Commander would answer a mistyped command that stands beside "help" or "--help" with the help of rollcall.
const [named = ''] = wanted === 'help' ? process.argv.slice(3) : [wanted];
const isUnknown = /^[^-]/.test(named) && named !== 'help' && !Object.hasOwn(commands, named);
try {
  await program.parseAsync(isUnknown ? [named] : process.argv.slice(2), {from: 'user'});
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exit.done : exit.usage;
  else reportError(error);
}

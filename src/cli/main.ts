import {Command, CommanderError} from 'commander';
import packageJson from '../../package.json' with {type: 'json'};
import {exit} from '../failure.ts';
import {answerCommand} from './answer.ts';
import {buildCommand} from './build.ts';
import {changesCommand} from './changes.ts';
import {demoCommand} from './demo.ts';
import {exploreCommand} from './explore.ts';
import {exportCommand} from './export.ts';
import {historyCommand} from './history.ts';
import {lineageCommand} from './lineage.ts';
import {planCommand} from './plan.ts';
import {pruneCommand} from './prune.ts';
import {rollbackCommand} from './rollback.ts';
import {runCommand} from './run.ts';
import {serveCommand} from './serve.ts';
import {siteCommand} from './site.ts';
import {sourcesCommand} from './sources.ts';
import {sqlCommand} from './sql.ts';
import {fail} from './terminal.ts';

// Libraries that style text look at FORCE_COLOR; people set NO_COLOR.
if (process.env['NO_COLOR']) process.env['FORCE_COLOR'] = '0';

// A reader that has seen enough (head, less) closes the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exit.done);
  throw error;
});

const program = new Command('rollcall')
  .description('Do the teachers reflect the students they teach?')
  .version(packageJson.version)
  .addHelpText(
    'after',
    `
Exit codes: 0 done · 1 a check failed, or a bug · 2 wrong usage · 3 the source can't be reached · 4 another run holds the lock
130, 143 stopped by SIGINT, SIGTERM`,
  )
  .exitOverride()
  .showHelpAfterError('(rollcall --help says how)');

const commands = [
  runCommand,
  planCommand,
  demoCommand,
  buildCommand,
  answerCommand,
  exploreCommand,
  sqlCommand,
  lineageCommand,
  exportCommand,
  siteCommand,
  sourcesCommand,
  historyCommand,
  changesCommand,
  rollbackCommand,
  pruneCommand,
  serveCommand,
] satisfies (() => Command)[];

for (const command of commands) {
  program.addCommand(command().exitOverride().showHelpAfterError(`(rollcall ${command().name()} --help says how)`));
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exit.done : exit.usage;
  else fail(error);
}

import {Command} from 'commander';
import {rollback} from '../builds/rollback.ts';
import {createHomeOption, resolveHome} from './options.ts';
import {formatJson, print, terminalProgress} from './terminal.ts';

export function createRollbackCommand(): Command {
  return new Command('rollback')
    .argument('[build]', 'a build, or the start of its name ("rollcall history" lists them)')
    .option('--json', 'print the result as JSON')
    .addOption(createHomeOption())
    .addHelpText(
      'after',
      `
After a rollback, a run that finds no new data leaves the earlier build
published and says so. A run that finds new data publishes as usual. To go
forward again, name the newer build: rollcall rollback BUILD.`,
    )
    .action(async (build: string | undefined, options: {home?: string; json?: boolean}) => {
      const result = await rollback(resolveHome(options), build, terminalProgress());
      const {from, to, withdrawn} = result;
      print(
        options.json
          ? formatJson(result)
          : `Published build ${to} instead of ${from}.\n${
              withdrawn.includes(from)
                ? `A run does not publish ${from} again; "npx rollcall rollback ${from}" does.\n`
                : ''
            }`,
      );
    });
}

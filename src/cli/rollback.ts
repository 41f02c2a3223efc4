import {Command} from 'commander';
import {rollback} from '../builds/rollback.ts';
import {createHomeOption, resolveHome} from './options.ts';
import {formatJson, print, terminalProgress} from './terminal.ts';

export function createRollbackCommand(): Command {
  return new Command('rollback')
    .description('publish an earlier build: the one published before, or the one named')
    .argument('[build]', 'a build, or the start of its name ("rollcall history" lists them)')
    .option('--json', 'print the result for programs')
    .addOption(createHomeOption())
    .addHelpText(
      'after',
      `
A later run does not publish again by itself what was rolled back from; it says so. New figures are published as always.
"rollcall rollback BUILD" with the newer build goes forward again.`,
    )
    .action(async (build: string | undefined, options: {home?: string; json?: boolean}) => {
      const result = await rollback(resolveHome(options), build, terminalProgress());
      const {from, to, withdrawn} = result;
      print(
        options.json
          ? formatJson(result)
          : `Published build ${to}; before, it was ${from}.\n${
              withdrawn.includes(from)
                ? `A run does not publish ${from} again by itself; "npx rollcall rollback ${from}" does.\n`
                : ''
            }`,
      );
    });
}

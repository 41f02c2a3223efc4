import {Command} from 'commander';
import {prune} from '../builds/prune.ts';
import {formatCounted} from '../words/count.ts';
import {formatBytes} from '../words/format.ts';
import {parseWholeNumber} from './history.ts';
import {createHomeOption, resolveHome} from './options.ts';
import {formatJson, print, terminalProgress} from './terminal.ts';

export function createPruneCommand(): Command {
  return new Command('prune')
    .description('take old builds away; never the published one, and never what has landed')
    .requiredOption('--keep <n>', 'how many builds stay, the published one among them')
    .option('--dry-run', 'only say what would be taken away')
    .option('--json', 'print the result for programs')
    .addOption(createHomeOption())
    .action(async (options: {home?: string; keep: string; dryRun?: boolean; json?: boolean}) => {
      const {keep: text, dryRun = false, json} = options;
      const result = await prune(
        resolveHome(options),
        {keep: parseWholeNumber('--keep', text), dryRun},
        terminalProgress(),
      );
      if (json) return print(formatJson(result));
      const {kept, removed, lake, bytes} = result;
      const [away, freed] = dryRun ? ['would be taken away', 'would be freed'] : ['taken away', 'freed'];
      print(
        [
          `Kept      ${kept.join(', ') || 'no build'}`,
          ...removed.map(({build, bytes: size}) => `Build     ${build} ${away}, ${formatBytes(size)}`),
          ...(lake.files > 0
            ? [
                `Lake      ${formatCounted(lake.files, 'file')} that no kept build was made of ${away}, ${formatBytes(lake.bytes)}`,
              ]
            : []),
          bytes === 0 ? 'Nothing to take away.' : `${formatBytes(bytes)} ${freed}. What has landed stays.`,
          '',
        ].join('\n'),
      );
    });
}

import {Command} from 'commander';
import {prune} from '../builds/prune.ts';
import {formatCounted} from '../words/count.ts';
import {formatBytes} from '../words/format.ts';
import {parseWholeNumber} from './history.ts';
import {createHomeOption, resolveHome} from './options.ts';
import {formatJson, print, terminalProgress} from './terminal.ts';

export function createPruneCommand(): Command {
  return new Command('prune')
    .requiredOption('--keep <n>', 'how many builds to keep, including the published one')
    .option('--dry-run', 'only show what would be deleted')
    .option('--json', 'print the result as JSON')
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
      const [away, freed] = dryRun ? ['would be deleted', 'would be freed'] : ['deleted', 'freed'];
      print(
        [
          `Kept      ${kept.join(', ') || 'no build'}`,
          ...removed.map(({build, bytes: size}) => `Build     ${build} ${away}, ${formatBytes(size)}`),
          ...(lake.files > 0
            ? [
                `Lake      ${formatCounted(lake.files, 'file')} that no kept build needs ${away}, ${formatBytes(lake.bytes)}`,
              ]
            : []),
          bytes === 0 ? 'Nothing to delete.' : `${formatBytes(bytes)} ${freed}. Landed files stay.`,
          '',
        ].join('\n'),
      );
    });
}

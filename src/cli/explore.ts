import {Argument, Command} from 'commander';
import {explorations} from '../answers/explorations.ts';
import {openBuild, requirePublished} from '../builds/published.ts';
import {type AnswerCommandOptions, createRegionOption, printAnswer, printList} from './answer.ts';
import {createFormatOption, createHomeOption, createJsonOption, createYearOption, resolveHome} from './options.ts';

export function createExploreCommand(): Command {
  return new Command('explore')
    .description('answer questions beyond the assignment from the same warehouse (docs/exploration.md)')
    .addArgument(
      new Argument('[name]', 'the question; lists them if omitted').choices(explorations.map(({name}) => name)),
    )
    .addOption(createFormatOption())
    .addOption(createJsonOption())
    .addOption(createYearOption())
    .addOption(createRegionOption())
    .addOption(createHomeOption())
    .action(async (name: string | undefined, options: AnswerCommandOptions) => {
      const published = await requirePublished(resolveHome(options));
      const db = await openBuild(published);
      try {
        const exploration = explorations.find((candidate) => candidate.name === name);
        if (exploration === undefined) await printList(db, explorations, published.manifest, options);
        else await printAnswer(db, exploration, published.manifest, options);
      } finally {
        db.close();
      }
    });
}

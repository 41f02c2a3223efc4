import {Command} from 'commander';
import {explorations} from '../answers/explorations.ts';
import {addQuestions} from './answer.ts';
import {createHomeOption} from './options.ts';

export function createExploreCommand(): Command {
  return addQuestions(new Command('explore'), explorations)
    .description('answer questions beyond the assignment from the same warehouse (docs/exploration.md)')
    .addOption(createHomeOption());
}

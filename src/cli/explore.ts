import {Command} from 'commander';
import {explorations} from '../answers/explorations.ts';
import {addQuestions} from './answer.ts';
import {createHomeOption} from './options.ts';

export function createExploreCommand(): Command {
  return addQuestions(new Command('explore'), explorations).addOption(createHomeOption());
}

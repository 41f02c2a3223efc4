import assert from 'node:assert/strict';
import {cpSync} from 'node:fs';
import {join} from 'node:path';
import {rollcall} from '../support/command.ts';
import {makeSite} from '../support/site.ts';
import {makeTemporaryFolder} from '../support/temporary.ts';
import {findTrialFolder, testTrial} from '../trial/rollcall.ts';
import {type AnswerRow, assertGroups, assertSchools} from './figures.ts';
import {weighPage} from './weight.ts';

/** A report of the real region's size. Some of the trial's teachers are invented, so figures are only compared with each other. */
testTrial('the whole region: a page for each school with the figures of its answers, none over 150 kB', async () => {
  const folder = makeTemporaryFolder('trial');
  cpSync(join(findTrialFolder(), 'ospi'), folder, {recursive: true});
  cpSync(join(findTrialFolder(), 'RoadMapProjectSchoolList.txt'), join(folder, 'list.txt'));
  const site = await makeSite(folder);
  const answered = async (...args: string[]) => {
    const {stdout} = await rollcall(['answer', 'representation', ...args, '--json', '--home', site.home]);
    return JSON.parse(stdout) as AnswerRow[];
  };
  const schools = await answered();
  assert.equal(schools.length, 194);
  assertSchools(site, schools);
  assertGroups(site, await answered('--by', 'group'));
  for (const page of site.pages) {
    assert.ok(weighPage(site, page) < 150_000, `${page}: ${weighPage(site, page)} bytes`);
    assert.equal(site.document(page).querySelector('.sample'), null, 'these files are not a sample');
  }
});

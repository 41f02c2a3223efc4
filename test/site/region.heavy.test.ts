import assert from 'node:assert/strict';
import {cpSync} from 'node:fs';
import {join} from 'node:path';
import {rollcall} from '../support/command.ts';
import {siteOf} from '../support/site.ts';
import {temporaryFolder} from '../support/temporary.ts';
import {trial, trialFolder} from '../trial/rollcall.ts';
import {type AnswerRow, assertGroups, assertSchools} from './figures.ts';
import {weightOf} from './weight.ts';

/** The report in the size of the real region. The trial's teachers are in part invented, so nothing is said of figures but that they agree. */
trial('the whole region: a page for each school with the figures of its answers, none over 150 kB', async () => {
  const folder = temporaryFolder('trial');
  cpSync(join(trialFolder(), 'ospi'), folder, {recursive: true});
  cpSync(join(trialFolder(), 'RoadMapProjectSchoolList.txt'), join(folder, 'list.txt'));
  const site = await siteOf(folder);
  const answered = async (...args: string[]) => {
    const {stdout} = await rollcall(['answer', 'representation', ...args, '--json', '--home', site.home]);
    return JSON.parse(stdout) as AnswerRow[];
  };
  const schools = await answered();
  assert.equal(schools.length, 194);
  assertSchools(site, schools);
  assertGroups(site, await answered('--by', 'group'));
  for (const page of site.pages) {
    assert.ok(weightOf(site, page) < 150_000, `${page}: ${weightOf(site, page)} bytes`);
    assert.equal(site.document(page).querySelector('.sample'), null, 'these files are no sample');
  }
});

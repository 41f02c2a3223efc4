import {assertFedModels} from '../builds/fed-models.ts';
import {type Build, findBuild, hasFingerprint} from '../builds/find.ts';
import {type Code, computeBuildId, computeContractId, type Ingredient, parts, readCode} from '../builds/fingerprint.ts';
import {replayPublications, selectCompleted} from '../builds/publish.ts';
import {findPublished} from '../builds/published.ts';
import {readPublishedId} from '../builds/published-id.ts';
import type {Home} from '../home.ts';
import type {Incoming, PlannedInputs} from '../incoming/incoming.ts';
import {planInputs} from '../incoming/inputs.ts';
import {findReshaped} from '../ingest/reshaped.ts';
import {readPublications} from '../ledger/ledger.ts';
import type {Progress} from '../progress.ts';
import {mayHoldYears, type RunOptions} from './options.ts';
import type {BuildPlan, BuildReason, PartitionPlan, Plan} from './plan-schema.ts';

/** A plan, with what a run needs to carry it out. */
export interface ExecutablePlan extends PlannedInputs {
  plan: Plan;
  code: Code;
  /** The build's fingerprint; null until all files are here. */
  fingerprint: string | null;
  /** The label of everything made from the build. */
  label: string | undefined;
  /** What the lake has of each landed file, by SHA-256. */
  lake: ReadonlyMap<string, LakeEntry>;
}

type LakeEntry = Awaited<ReturnType<typeof findReshaped>>;

/**
 * Plans a run. Asks the publisher's host for metadata, and writes nothing.
 *
 * @throws Failure if the files can't be read or don't fit the options, or a source feeds a model that isn't there
 */
export async function planRun(
  options: RunOptions,
  note: Progress['note'] = () => {},
  update: (text: string) => void = () => {},
): Promise<ExecutablePlan> {
  assertFedModels();
  const published = await findPublished(options.home).catch(() => undefined);
  const code = readCode();
  const contract = options.force || options.refresh ? undefined : computeContractId(code);
  return planFromInputs(options, await planInputs(options, published, contract, note, update), code);
}

/**
 * Plans what to do with these files. A run plans before they land, and again once the bytes of all of them are known.
 *
 * @param knownLake what an earlier plan found in the lake; these files aren't looked up again
 */
export async function planFromInputs(
  options: RunOptions,
  all: PlannedInputs,
  code: Code,
  knownLake: ExecutablePlan['lake'] = new Map(),
): Promise<ExecutablePlan> {
  const {home} = options;
  const published = await findPublished(home).catch(() => undefined);
  const inputs = mayHoldYears(options) ? await leaveOut(home, all, code, published) : all;
  const {incoming, heldYears} = inputs;
  const label = chooseLabel(options, published);
  const ingredients = incoming.map(({source, sha256, schoolYears, landed, candidate}) => ({
    source: source.id,
    sha256,
    schoolYears,
    note: landed?.note ?? candidate?.note,
    isPreliminary: (landed ?? candidate)?.isPreliminary,
  }));
  const known = ingredients.flatMap(({sha256, ...rest}) => (sha256 === null ? [] : [{...rest, sha256}]));
  const fingerprint = known.length === ingredients.length ? computeBuildId(code, known, label) : null;
  const build = await planBuild(options, {ingredients, code, label}, fingerprint, published);
  const isMade = build.action === 'keep' || build.action === 'publish' || build.action === 'hold';
  const partitions: PartitionPlan[] = [];
  const lake = new Map(knownLake);
  for (const file of incoming) {
    const reshaping = isMade
      ? unchanged
      : await planReshaping(options, file, computeContractId(code), fingerprint === null, lake);
    for (const schoolYear of file.schoolYears.length > 0 ? file.schoolYears : [null]) {
      const {source, fileName, landing, why} = file;
      const because = why === undefined ? {} : {why};
      partitions.push({source: source.id, schoolYear, from: fileName, landing, ...because, reshaping});
    }
  }
  partitions.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  return {...inputs, plan: {partitions, heldYears, steps: inputs.steps, build}, code, fingerprint, label, lake};
}

/** Leaves out what the contract or the checks refused in an earlier attempt. */
async function leaveOut(
  home: Home,
  inputs: PlannedInputs,
  code: Code,
  published: Build | undefined,
): Promise<PlannedInputs> {
  const {leaveOutRefused, readRefused} = await import('../incoming/refused.ts');
  const refused = await readRefused(home, computeBuildId(code, []));
  const left = await leaveOutRefused(home, inputs.incoming, refused, published);
  if (left === undefined) return inputs;
  const {incoming, heldYears, steps} = left;
  return {
    ...inputs,
    incoming,
    heldYears: [...inputs.heldYears, ...heldYears],
    steps: [...inputs.steps, ...steps],
  };
}

/** Returns the label of the build: the given one, or that of the published build; undefined if there is none. */
function chooseLabel({label}: RunOptions, published: Build | undefined): string | undefined {
  return (label ?? published?.manifest.label) || undefined;
}

/** An ingredient whose bytes may not be here yet. */
type PartialIngredient = Omit<Ingredient, 'sha256'> & {sha256: string | null};

const unchanged = {action: 'keep', reason: 'unchanged'} as const;

function sortKey({source, schoolYear, from}: PartitionPlan): string {
  return `${source} ${schoolYear} ${from}`;
}

/**
 * @param isUncertain whether a download decides if there is anything to build
 * @param lake what is known of the lake; new findings are added
 */
async function planReshaping(
  {home, force}: RunOptions,
  {sha256}: Incoming,
  contract: string,
  isUncertain: boolean,
  lake: Map<string, LakeEntry>,
): Promise<PartitionPlan['reshaping']> {
  if (force) return {action: 'reshape', reason: 'forced'};
  if (sha256 === null) return {action: 'depends', reason: 'download'};
  const found = lake.get(sha256) ?? (await findReshaped(home.lake, {sha256}, contract));
  lake.set(sha256, found);
  if (typeof found !== 'string') return unchanged;
  const reason = {absent: 'new', stale: 'contract', damaged: 'damaged'} as const;
  return {action: isUncertain ? 'depends' : 'reshape', reason: reason[found]};
}

/** What a build would be made of. */
interface PlannedBuild {
  ingredients: readonly PartialIngredient[];
  code: Code;
  label: string | undefined;
}

async function planBuild(
  {home, force}: RunOptions,
  planned: PlannedBuild,
  fingerprint: string | null,
  published: Build | undefined,
): Promise<BuildPlan> {
  const current = (await readPublishedId(home)) ?? null;
  const reasons = listReasons(planned, published);
  if (force) reasons.unshift({reason: 'forced'});
  if (fingerprint === null) return {action: force ? 'build' : 'depends', build: null, published: current, reasons};
  const {build, nextId} = await findBuild(home, fingerprint, {force});
  if (force) return {action: 'build', build: nextId, published: current, reasons};
  if (build !== undefined && build.id === current)
    return {action: 'keep', build: build.id, published: current, reasons: []};
  const {withdrawn} = replayPublications(selectCompleted(readPublications(home.ledger), current ?? undefined));
  const held = [...withdrawn].findLast(
    (id) => id === build?.id || (build === undefined && hasFingerprint(id, fingerprint)),
  );
  if (held !== undefined) return {action: 'hold', build: held, published: current, reasons};
  return {action: build ? 'publish' : 'build', build: build?.id ?? nextId, published: current, reasons};
}

/** Lists the reasons why the build differs from the published one. */
function listReasons({ingredients, code, label}: PlannedBuild, published: Build | undefined): BuildReason[] {
  if (published === undefined) return [{reason: 'first'}];
  const {manifest} = published;
  const [before, after] = [mapPartitions(manifest.inputs), mapPartitions(ingredients)];
  const reasons: BuildReason[] = [];
  const because = (reason: BuildReason['reason'], partitions: string[]) => {
    if (partitions.length > 0) reasons.push({reason, partitions: partitions.sort()});
  };
  because(
    'added',
    [...after.keys()].filter((id) => !before.has(id)),
  );
  because(
    'changed',
    [...after].flatMap(([id, sha256]) => (before.has(id) && before.get(id) !== sha256 ? [id] : [])),
  );
  because(
    'left_out',
    [...before.keys()].filter((id) => !after.has(id)),
  );
  const listNotes = (inputs: readonly Omit<PartialIngredient, 'source' | 'schoolYears'>[]) =>
    inputs.map(({sha256, note, isPreliminary = false}) => `${sha256} ${isPreliminary} ${note ?? ''}`);
  const notes = listNotes(manifest.inputs);
  if (reasons.length === 0 && listNotes(ingredients).some((note) => !notes.includes(note)))
    reasons.push({reason: 'notes'});
  if (manifest.label !== label) reasons.push({reason: 'label'});
  for (const part of parts) {
    if (manifest.code[part] !== code[part]) reasons.push({reason: part});
  }
  return reasons;
}

/** Maps each partition, as `source year`, to the hash of the file that gives it. */
function mapPartitions(ingredients: readonly PartialIngredient[]): Map<string, string | null> {
  return new Map(
    ingredients.flatMap(({source, sha256, schoolYears}) =>
      (schoolYears.length > 0 ? schoolYears : ['(no school year)']).map((year) => [`${source} ${year}`, sha256]),
    ),
  );
}

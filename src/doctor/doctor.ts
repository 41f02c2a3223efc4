import packageJson from '#package.json' with {type: 'json'};
import {exit} from '../failure.ts';
import {createClient, type Patience} from '../fetch/http.ts';
import type {Home} from '../home.ts';
import {chooseWanted} from '../incoming/datasets.ts';
import {type Host, readHost} from '../incoming/host.ts';
import {examineDatasets} from './datasets.ts';
import {examine, type Finding} from './finding.ts';
import {examineHome} from './home.ts';
import {examineMachine} from './machine.ts';
import {compareClocks, contactHost, examineConnection, judgeToken} from './network.ts';

/** All findings, for the user and for whoever gets the report from them. */
export interface Report {
  version: string;
  /** UTC. */
  at: string;
  /** Null if its address can't be read. */
  host: string | null;
  /** 0: nothing but remarks. 1: trouble. 3: the machine and the home directory are well, but the host can't be reached. */
  exitCode: number;
  findings: Finding[];
}

/** Limits of a request to the host. */
const impatience: Patience = {
  connect: 4_000,
  silence: 5_000,
  total: 6_000,
  retries: 0,
  backoff: 0,
  longestWait: 0,
};
/** Limit for all requests together. Milliseconds. */
const longestWait = 24_000;

/** Examines the machine, the home directory, the network and the publisher's data sets. Writes nothing. */
export async function examineAll(
  home: Home,
  {now = () => new Date(), env = process.env}: {now?: () => Date; env?: NodeJS.ProcessEnv} = {},
): Promise<Report> {
  const [machine, folder, network] = await Promise.all([
    examineMachine(home, now(), env),
    examineHome(home),
    examineNetwork(home, now, env),
  ]);
  const local = [...machine, ...folder];
  const findings = [...local, ...network.findings];
  const isTrouble = ({status}: Finding) => status === 'trouble';
  const exitCode = local.some(isTrouble)
    ? exit.failed
    : network.isUnreached
      ? exit.unreachable
      : findings.some(isTrouble)
        ? exit.failed
        : exit.done;
  return {version: packageJson.version, at: now().toISOString(), host: network.host?.url ?? null, exitCode, findings};
}

async function examineNetwork(
  home: Home,
  now: () => Date,
  env: NodeJS.ProcessEnv,
): Promise<{findings: Finding[]; host?: Host; isUnreached: boolean}> {
  let host: Host | undefined;
  const address = await examine('network', 'host', async () => {
    host = readHost(env);
    return {status: 'ok', says: host.url};
  });
  if (host === undefined) return {findings: [address], isUnreached: false};
  const before = [address, ...(await examineConnection(host, env))];
  if (before.some(({status, subject}) => status === 'trouble' && subject === 'proxy'))
    return {findings: before, host, isUnreached: false};
  if (before.some(({status, subject}) => status === 'trouble' && subject === 'name'))
    return {findings: before, host, isUnreached: true};
  const client = await createClient(host, impatience);
  const signal = AbortSignal.timeout(longestWait);
  try {
    const contact = await contactHost(home.landing, {...host, patience: impatience}, signal);
    const reached = [...before, ...contact.findings];
    if (!contact.isReached) return {findings: reached, host, isUnreached: true};
    const asked = await examineDatasets(client, chooseWanted(undefined, contact.found), signal);
    const data = asked.map(({finding}) => finding);
    const date = asked.find((each) => each.date)?.date;
    const clocks = date === undefined ? [] : [compareClocks(now(), date)];
    return {
      findings: [...reached, ...clocks, judgeToken(host, [...contact.findings, ...data]), ...data],
      host,
      isUnreached: asked.every(({isReached}) => !isReached),
    };
  } finally {
    await client.close();
  }
}

import {lookup} from 'node:dns/promises';
import {readFile} from 'node:fs/promises';
import {connect} from 'node:tls';
import {getErrorMessage} from '../failure.ts';
import {Unreachable} from '../fetch/http.ts';
import {listPublished} from '../incoming/datasets.ts';
import type {Found} from '../incoming/finding.ts';
import type {Host} from '../incoming/host.ts';
import {searchCatalogue} from '../incoming/live.ts';
import {readProxies} from '../proxies.ts';
import {formatCounted} from '../words/count.ts';
import {formatCount} from '../words/format.ts';
import {examine, type Finding, type Result} from './finding.ts';
import {clockWayOut} from './machine.ts';

/** Limit for one step of a connection. Milliseconds. */
const longestStep = 4_000;
/** Milliseconds. Certificates and times of runs bear that much. */
const mostDrift = 5 * 60_000;

const offlineWayOut =
  'Behind a proxy, set HTTPS_PROXY=http://proxy:port. Without a network: "npx rollcall demo" for the bundled example, "npx rollcall run --from DIR" for files that you have.';

/** Examines how this machine reaches a host: settings, name, certificate. */
export async function examineConnection({url}: Host, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const {hostname, port, protocol} = new URL(url);
  const proxy = await examine('network', 'proxy', async () => describeProxies(env));
  if (proxy.status === 'trouble') return [proxy];
  const authorities = await examine(
    'network',
    'authorities',
    () => checkAuthorities(env),
    'Correct or remove NODE_EXTRA_CA_CERTS.',
  );
  const {http, https} = readProxies(env);
  // A proxy looks up the name and passes the certificate on. Whether NO_PROXY names the host shows when it is asked.
  if ((protocol === 'https:' ? https : http) !== undefined) return [proxy, authorities];
  const name = await examine('network', 'name', () => checkName(hostname), offlineWayOut);
  if (name.status === 'trouble' || protocol !== 'https:') return [proxy, authorities, name];
  const tls = await examine('network', 'TLS', () => checkCertificate(hostname, Number(port || 443)), offlineWayOut);
  return [proxy, authorities, name, tls];
}

function describeProxies(env: NodeJS.ProcessEnv): Result {
  const {http, https, direct} = readProxies(env);
  if (http === undefined && https === undefined) return {status: 'ok', says: 'none set'};
  return {status: 'ok', says: `https through ${https ?? 'none'}, http through ${http ?? 'none'}, but not ${direct}`};
}

async function checkAuthorities(env: NodeJS.ProcessEnv): Promise<Result> {
  const path = env['NODE_EXTRA_CA_CERTS'];
  if (!path) return {status: 'ok', says: "Node's own"};
  const count = (await readFile(path, 'latin1')).split('-----BEGIN CERTIFICATE-----').length - 1;
  if (count === 0) throw new Error(`${path} holds no certificate in PEM`);
  return {status: 'ok', says: `Node's own, and ${formatCount(count)} of ${path}`};
}

async function checkName(hostname: string): Promise<Result> {
  const found = lookup(hostname.replace(/^\[|\]$/g, ''), {all: true});
  const addresses = await Promise.race([found, rejectLater(`${hostname}: the name was not looked up in time`)]);
  return {status: 'ok', says: `${hostname} is ${addresses.map(({address}) => address).join(', ')}`};
}

/** Shows who issued the certificate even where it is not accepted: an inspecting firewall replaces it by its own. */
function checkCertificate(hostname: string, port: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname,
      port,
      servername: hostname,
      rejectUnauthorized: false,
      timeout: longestStep,
    });
    const end = (finish: () => void) => {
      socket.destroy();
      finish();
    };
    socket.on('error', (error) => end(() => reject(error)));
    socket.on('timeout', () => end(() => reject(new Error(`${hostname}:${port}: no connection in time`))));
    socket.on('secureConnect', () => {
      const {issuer, valid_to: validTo} = socket.getPeerCertificate();
      const says = `${socket.getProtocol()}, certificate of ${issuer?.O ?? issuer?.CN ?? 'nobody'}, valid until ${validTo}`;
      const {authorized, authorizationError} = socket;
      const wayOut =
        'If it is the authority of your network, save its certificate as PEM and set NODE_EXTRA_CA_CERTS=FILE. If it has expired, look at the clock.';
      end(() =>
        resolve(
          authorized
            ? {status: 'ok', says}
            : {status: 'trouble', says: `${says}; not accepted: ${getErrorMessage(authorizationError)}`, wayOut},
        ),
      );
    });
  });
}

function rejectLater(message: string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(message)), longestStep).unref();
  });
}

/** What came of asking the catalogue. */
export interface Contact {
  findings: Finding[];
  /** Whether the host is there, whatever it answered. */
  isReached: boolean;
  /** The data sets that a run would know. */
  found: readonly Found[];
}

/** Asks the host's catalogue for the data sets of every source, as a run does, and names those that it doesn't take. */
export async function contactHost(landing: string, host: Host, signal: AbortSignal): Promise<Contact> {
  const at = {area: 'network', subject: 'catalogue'} as const;
  const notes: string[] = [];
  const search = await searchCatalogue(landing, listPublished(), {host, stop: signal}, (text) => notes.push(text));
  const {found, isFresh, failure} = search;
  if (failure !== undefined) {
    const isReached = failure instanceof Unreachable && failure.reply !== undefined;
    const says = getErrorMessage(failure).replace(/\.$/, '');
    const rest = isReached
      ? ({status: 'remark', wayOut: catalogueWayOut} as const)
      : ({status: 'trouble', wayOut: offlineWayOut} as const);
    return {findings: [{...at, says, ...rest}], isReached, found};
  }
  const remarks = notes.map(
    (says): Finding => ({...at, says, ...(isFresh ? {status: 'ok'} : {status: 'remark', wayOut: catalogueWayOut})}),
  );
  const says = `${formatCounted(found.length, 'data set')} found`;
  return {findings: [...(isFresh ? [{...at, status: 'ok', says} as const] : []), ...remarks], isReached: true, found};
}

const catalogueWayOut = 'A run goes on with the data sets that it knows.';

/** Reads the `Date` header of a reply. */
export function readDate(header: string | null): Date | undefined {
  const date = new Date(header ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Compares this machine's clock with the host's. */
export function compareClocks(now: Date, theirs: Date): Finding {
  const drift = Math.round((now.getTime() - theirs.getTime()) / 1000);
  const says = `${Math.abs(drift)} seconds ${drift < 0 ? 'behind' : 'ahead of'} the host's`;
  const at = {area: 'network', subject: 'clock'} as const;
  if (Math.abs(drift) * 1000 <= mostDrift) return {...at, status: 'ok', says};
  return {...at, status: 'trouble', says, wayOut: clockWayOut};
}

/** Tells whether requests carry an app token, and whether the host takes it. */
export function judgeToken({appToken}: Host, others: readonly Finding[]): Finding {
  const at = {area: 'network', subject: 'app token'} as const;
  if (appToken === undefined) {
    return {
      ...at,
      status: 'ok',
      says: 'none, so requests share a limit with others',
      wayOut: 'If the host answers 429, set SOCRATA_APP_TOKEN.',
    };
  }
  if (others.some(({says}) => /answered 40[13].*token/i.test(says)))
    return {
      ...at,
      status: 'trouble',
      says: 'the host refuses it',
      wayOut: 'Correct SOCRATA_APP_TOKEN, or unset it: a token is not needed.',
    };
  return {...at, status: 'ok', says: 'set, and not refused'};
}

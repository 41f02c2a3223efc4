import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {TestContext} from 'node:test';
import type {Notice} from '../../src/notices/notice.ts';

export interface Receiver {
  url: string;
  /** The notices that arrived, whatever the reply was. */
  got: (Notice & {authorization: string | undefined})[];
  /** Sets the reply from now on; `silence` means none. */
  answer: number | 'silence';
}

/** Starts a stand-in for a chat tool or a pager. */
export async function startReceiver(t: TestContext): Promise<Receiver> {
  const state: Receiver = {url: '', got: [], answer: 200};
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    state.got.push({...(JSON.parse(body) as Notice), authorization: request.headers.authorization});
    if (state.answer !== 'silence') response.writeHead(state.answer, {location: '/elsewhere'}).end('thanks');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return state;
}

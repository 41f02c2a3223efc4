import {createServer as createHttpServer, type IncomingMessage, request} from 'node:http';
import {connect, createServer, type Socket} from 'node:net';
import type {Duplex} from 'node:stream';

/** A proxy to a server that breaks after a number of bytes has gone to the server. */
export interface Proxy {
  port: number;
  /** Returns how many bytes have gone to the server. */
  sent(): number;
  /** Resolves when the proxy breaks. */
  stopped: Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a proxy to a port of this machine.
 *
 * @param how `drop` closes both connections; `stall` keeps them open but passes nothing more; `whole` never breaks
 */
export async function startProxy(port: number, how: 'drop' | 'stall' | 'whole', afterBytes = 0): Promise<Proxy> {
  let sent = 0;
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    far.pipe(near);
    near.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      if (how === 'whole' || sent <= afterBytes) {
        far.write(chunk);
      } else if (how === 'drop') {
        near.destroy();
        far.destroy();
        stop();
      } else {
        near.pause();
        stop();
      }
    });
    near.on('end', () => far.end());
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    sent: () => sent,
    stopped,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A proxy as programs are configured with (HTTP_PROXY), to hosts that exist only in a test. */
export interface ForwardProxy {
  url: string;
  /** What it was asked: `CONNECT data.example:443`, `GET http://data.example/`. */
  asked: string[];
  close(): Promise<void>;
}

/**
 * Starts a forward proxy, which takes every host for this machine.
 *
 * @param port the port behind every host
 * @param credentials `user:password`, without which it answers 407
 */
export async function startForwardProxy(port: number, credentials?: string): Promise<ForwardProxy> {
  const asked: string[] = [];
  const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  const isWelcome = ({headers}: IncomingMessage) => wanted === undefined || headers['proxy-authorization'] === wanted;
  const server = createHttpServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    if (!isWelcome(incoming)) {
      response.writeHead(407).end();
      return;
    }
    const {pathname, search} = new URL(incoming.url ?? '');
    const {method, headers} = incoming;
    const outgoing = request({port, host: '127.0.0.1', path: pathname + search, method, headers}, (reply) => {
      response.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
  const sockets = new Set<Duplex>();
  server.on('connect', (incoming: IncomingMessage, near: Duplex) => {
    asked.push(`CONNECT ${incoming.url}`);
    sockets.add(near);
    near.on('error', () => {});
    if (!isWelcome(incoming)) {
      near.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const far = connect(port, '127.0.0.1', () => near.write('HTTP/1.1 200 Connection Established\r\n\r\n'));
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

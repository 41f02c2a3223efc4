import {connect, createServer, type Socket} from 'node:net';

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

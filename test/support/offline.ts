import child from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import {writeSync} from 'node:fs';
import {syncBuiltinESMExports} from 'node:module';
import net from 'node:net';

/**
 * Loaded before a command (`node --import`). Ends the process with exit code 99 when it looks up an address, opens a
 * connection or starts another process. Unlike an exception, nothing can catch that.
 */
function refuse(owner: object, ...names: string[]): void {
  for (const name of names)
    Object.defineProperty(owner, name, {
      value: (...args: unknown[]) => {
        writeSync(2, `offline: ${name} ${JSON.stringify(args).slice(0, 200)}\n`);
        process.exit(99);
      },
    });
}

refuse(net.Socket.prototype, 'connect');
refuse(dgram.Socket.prototype, 'send', 'connect');
refuse(dns, 'lookup', 'resolve', 'resolve4', 'resolve6');
refuse(dns.promises, 'lookup', 'resolve', 'resolve4', 'resolve6');
refuse(child, 'spawn', 'spawnSync', 'fork', 'exec', 'execSync', 'execFile', 'execFileSync');
syncBuiltinESMExports();

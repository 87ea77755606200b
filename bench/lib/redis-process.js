// A dedicated Redis with production durability.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { Redis } from 'ioredis';

const SETTINGS = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'];

/** Starts it on a free port, over an empty directory. `cpuMicroseconds()` is the CPU time of all its threads so far. */
export async function startRedis() {
  const directory = mkdtempSync(`${tmpdir()}/bench-redis-`);
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, ...SETTINGS], {
    stdio: 'ignore',
  });
  const client = new Redis(port, '127.0.0.1');
  // Not listening yet.
  client.on('error', () => undefined);
  await client.ping();
  return {
    url: `redis://127.0.0.1:${port}/0`,
    async cpuMicroseconds() {
      const info = await client.info('cpu');
      return ['used_cpu_user', 'used_cpu_sys'].reduce((sum, name) => sum + Number(new RegExp(`${name}:([\\d.]+)`).exec(info)[1]) * 1e6, 0);
    },
    /** What it holds of data, without its own overhead. */
    async datasetBytes() {
      return Number(/used_memory_dataset:(\d+)/.exec(await client.info('memory'))[1]);
    },
    async stop() {
      client.disconnect();
      child.kill('SIGKILL');
      await once(child, 'exit');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

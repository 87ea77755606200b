import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { Redis } from 'ioredis';
import { portToKeep } from '../support/crash/gateway-process.js';
import { readFromRoot } from '../support/deployed-settings.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS } from '../support/redis-server.js';
import { untilTrue } from '../support/until.js';

interface Service {
  readonly command: readonly [string, ...string[]];
  readonly healthcheck: { readonly test: readonly string[] };
}
const { valkey } = (load(readFromRoot('compose.yaml')) as { services: { valkey: Service } }).services;

describeWith('redis-server', HOW_TO_GET_REDIS)("compose.yaml's command of Valkey, run by Redis", () => {
  const password = randomBytes(16).toString('hex');
  let directory: string;
  let port: number;
  let server: ChildProcess;
  /** As Compose reads it, with other paths and the Redis that is installed. */
  const onThisMachine = (text: string) =>
    text
      .replaceAll('$$', '$')
      .replace('valkey-server -', `redis-server - --port ${port} --bind 127.0.0.1`)
      .replace('valkey-cli', `redis-cli -p ${port}`)
      .replaceAll('/run/secrets', directory)
      .replace('/data', directory);

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'compose-test-'));
    port = await portToKeep();
    writeFileSync(join(directory, 'event_log_password'), `${password}\n`);
    const [program, ...args] = valkey.command.map(onThisMachine);
    server = spawn(program ?? '', args, { stdio: 'ignore' });
    const [, check = ''] = valkey.healthcheck.test.map(onThisMachine);
    await untilTrue(() => {
      if (server.exitCode !== null) throw new Error('it has not started');
      return spawnSync('sh', ['-c', check]).status === 0;
    });
  });
  afterAll(async () => {
    const closed = once(server, 'close');
    server.kill();
    await closed;
    rmSync(directory, { recursive: true });
  });

  it('is durable, evicts nothing, and asks for the password, which no list of processes shows', async () => {
    const client = new Redis({ port, password });
    const settings = await Promise.all(['appendonly', 'appendfsync', 'maxmemory-policy', 'save'].map((name) => client.config('GET', name)));
    expect(settings.map((pair) => pair[1])).toEqual(['yes', 'always', 'noeviction', '']);
    client.disconnect();
    expect(execFileSync('redis-cli', ['-p', String(port), 'ping'], { encoding: 'utf8' })).toContain('NOAUTH');
    expect(readFileSync(`/proc/${server.pid ?? 0}/cmdline`, 'utf8')).not.toContain(password);
  });
});

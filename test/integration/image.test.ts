import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { portToKeep } from '../support/crash/gateway-process.js';
import { readFromRoot } from '../support/deployed-settings.js';
import { untilTrue } from '../support/until.js';

const DOCKERFILE = readFromRoot('Dockerfile').replace(/\\\n\s*/g, '');
const repository = fileURLToPath(new URL('../../', import.meta.url));
const USER = 1000;
const isRoot = process.getuid?.() === 0;

const lines = (keyword: string) => [...DOCKERFILE.matchAll(new RegExp(`^${keyword} (.*)$`, 'gm'))].map(([, argument = '']) => argument);
const commandIn = (line: string | undefined): [string, ...string[]] =>
  JSON.parse(/\[.*\]$/.exec(line ?? '')?.[0] ?? '[]') as [string, ...string[]];

describe("the Dockerfile's steps, in a folder, from the build of this repository", () => {
  let directory: string;
  let environment: Record<string, string>;
  let gateway: ChildProcess | null = null;
  /** The folders of the image, below one of this test's own. */
  const inFolder = (text: string) => text.replace(/(?<![\w.])\/(build|app|data)\b/g, `${directory}/$1`);
  const app = () => join(directory, 'app');
  const asUser = () => ({ cwd: app(), env: environment, ...(isRoot ? { uid: USER, gid: USER } : {}) });
  const filesOf = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`);

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'image-test-'));
    // For a process without rights to read what is in it.
    execFileSync('chmod', ['755', directory]);
    for (const name of ['build', 'app', 'data']) mkdirSync(join(directory, name), { mode: 0o755 });
    if (isRoot) chownSync(join(directory, 'data'), USER, USER);
    const settings = Object.fromEntries((lines('ENV')[0] ?? '').split(' ').map((pair) => pair.split('=') as [string, string]));
    environment = {
      PATH: process.env['PATH'] ?? '',
      ...settings,
      EVENT_LOG: inFolder(settings['EVENT_LOG'] ?? ''),
      // The defaults of an image are for its own network; a test stays on the loopback interface.
      HOST: '127.0.0.1',
      PORT: String(await portToKeep()),
      UPSTREAM: 'simulator',
    };
  });
  afterAll(async () => {
    if (gateway !== null) {
      const closed = once(gateway, 'close');
      gateway.kill('SIGKILL');
      await closed;
    }
    rmSync(directory, { recursive: true, force: true });
  });

  it('begin with what CI does in a clean checkout', () => {
    expect(lines('RUN').slice(0, 2)).toEqual(['npm ci --no-audit --no-fund', 'npm run build']);
  });

  it('pack the repository and install the package', () => {
    const [pack = '', install = ''] = lines('RUN').slice(2, 4);
    execFileSync('sh', ['-c', inFolder(pack)], { cwd: repository, stdio: 'pipe' });
    execFileSync('sh', ['-c', inFolder(install)], { cwd: app(), stdio: 'pipe' });
    expect(readdirSync(join(app(), 'node_modules'))).toContain('chat-graphql-gateway');
  }, 180_000);

  it('leave a gateway that starts without rights, passes its health check, drains on SIGTERM, and writes to its data only', async () => {
    const before = filesOf(join(app(), 'node_modules'));
    const [program, ...args] = commandIn(lines('ENTRYPOINT')[0]);
    const [health, ...healthArgs] = commandIn(lines('HEALTHCHECK')[0]);
    const isHealthy = () => spawnSync(health, healthArgs, asUser()).status === 0;
    expect(isHealthy()).toBe(false);
    const child = spawn(program, [...args, ...commandIn(lines('CMD').at(-1))], { ...asUser(), stdio: 'ignore' });
    gateway = child;
    await untilTrue(() => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
      return isHealthy();
    });
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    expect(await closed).toEqual([0, null]);
    gateway = null;
    expect(isHealthy()).toBe(false);
    expect(filesOf(join(app(), 'node_modules'))).toEqual(before);
    expect(readdirSync(join(directory, 'data/log'))).toContain('events.db');
  }, 60_000);
});

// Makes a fixture for the tests that open logs of earlier releases: a log in Redis written by the code of COMMIT, as DUMP gives its keys, and what that code answers about it.
//   node scripts/log-fixtures/make-redis.js COMMIT [NEXT]
// With NEXT, the code of that commit goes on writing, as when a release was installed over an earlier one. To be run, and its file to be committed, before the format changes, with the
// commit of the release before the change. Needs redis-server.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { Redis } from 'ioredis';
import { answers, optionsFor, PREFIX, write, writeOn } from './redis-story.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = join(root, 'test/fixtures/event-logs');
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
const commits = process.argv.slice(2).map((commit) => git('rev-parse', '--short=7', commit));
const directory = mkdtempSync(join(tmpdir(), 'log-fixtures-'));

const port = await freePort();
const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory], { stdio: 'ignore' });
try {
  const client = new Redis(port, '127.0.0.1');
  await client.ping();
  await make(client);
  client.disconnect();
} finally {
  redis.kill();
  await once(redis, 'exit');
  for (const commit of commits) git('worktree', 'remove', '--force', join(directory, commit));
  rmSync(directory, { recursive: true, force: true });
}

async function make(client) {
  const [first, next] = await Promise.all(commits.map(codeOf));
  await withLog(first, (log) => write(log, first.messageDigest));
  if (next !== undefined) await withLog(next, writeOn);
  // No secret is to be kept, not even one that was never used.
  await client.hset(`{${PREFIX}}:log`, 'ticketKey', 'none');
  const keys = (await client.keys('*')).toSorted();
  const dumped = await Promise.all(keys.map(async (key) => [key, (await client.dumpBuffer(key)).toString('base64')]));
  const answered = next === undefined ? await withLog(first, (log) => answers(log, first.messageDigest)) : null;
  const name = `redis-${commits.join('-')}.json`;
  writeFileSync(join(fixtures, name), `${JSON.stringify({ answers: answered, keys: Object.fromEntries(dumped) }, null, 2)}\n`);
  console.log(`${name}: ${keys.length} keys`);
}

/** The code of a commit, built. */
async function codeOf(commit) {
  const checkout = join(directory, commit);
  git('worktree', 'add', '--quiet', '--detach', checkout, commit);
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  const sources = ['domain', 'events', 'auth', 'observability'].flatMap((folder) =>
    readdirSync(join(checkout, 'src', folder), { recursive: true })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(checkout, 'src', folder, file)),
  );
  await build({
    entryPoints: sources,
    outbase: join(checkout, 'src'),
    outdir: join(checkout, 'build'),
    format: 'esm',
    logLevel: 'warning',
  });
  const load = (file) => import(pathToFileURL(join(checkout, 'build', file)).href);
  const { openRedis } = await load('events/redis/open.js');
  const { parseRedisUrl } = await load('events/redis/redis-url.js').catch(() => load('events/redis/target.js'));
  const { messageDigest } = await load('domain/message-digest.js');
  return { open: () => openRedis(optionsFor({ ...parseRedisUrl(`redis://127.0.0.1:${port}`), ca: null })), messageDigest };
}

async function withLog({ open }, work) {
  const { log } = await open();
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address();
  server.close();
  await once(server, 'close');
  return free;
}

// Makes a fixture for the tests that open logs of earlier releases: a log in Redis written by the code of COMMIT, its keys as from DUMP, and what that code answers about it.
//   node scripts/log-fixtures/make-redis.js COMMIT [NEXT]
// With NEXT, the code of that commit goes on writing, as when a release was installed over an earlier one. To be run, and its file to be committed, before the format changes, with the
// commit of the release before the change. Needs redis-server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { FIXTURES, shortCommit, withReleases } from './build-release.js';
import { answers, optionsFor, PREFIX, write, writeOn } from './redis-story.js';

const commits = process.argv.slice(2).map(shortCommit);
const port = await freePort();
await withReleases(async ({ directory, load }) => {
  const releases = await Promise.all(commits.map(async (commit) => toRelease(await load(commit))));
  const redis = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory], {
    stdio: 'ignore',
  });
  try {
    const client = new Redis(port, '127.0.0.1');
    await client.ping();
    await make(client, releases);
    client.disconnect();
  } finally {
    redis.kill();
    await once(redis, 'exit');
  }
});

async function make(client, [first, next]) {
  await withLog(first, (log) => write(log, first.messageDigest));
  if (next !== undefined) await withLog(next, writeOn);
  // No secret is to be kept, not even one that was never used.
  await client.hset(`{${PREFIX}}:log`, 'ticketKey', 'none');
  const keys = (await client.keys('*')).toSorted();
  const dumped = await Promise.all(keys.map(async (key) => [key, (await client.dumpBuffer(key)).toString('base64')]));
  const answered = next === undefined ? await withLog(first, (log) => answers(log, first.messageDigest)) : null;
  const name = `redis-${commits.join('-')}.json`;
  writeFileSync(join(FIXTURES, name), `${JSON.stringify({ answers: answered, keys: Object.fromEntries(dumped) }, null, 2)}\n`);
  console.log(`${name}: ${keys.length} keys`);
}

async function toRelease(load) {
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

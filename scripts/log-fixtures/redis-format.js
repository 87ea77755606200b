// The format of the log in Redis: the keys, and what is in them, that the story makes. What differs each time is left out.
//   npm run build && node scripts/log-fixtures/redis-format.js redis://127.0.0.1:6379    writes it to test/fixtures/event-logs/redis-format.txt; the Redis must be empty
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { optionsFor, write } from './redis-story.js';

export const FORMAT_FILE = fileURLToPath(new URL('../../test/fixtures/event-logs/redis-format.txt', import.meta.url));

/** Commands that read the whole of a key, by its type. */
const READING = {
  hash: (client, key) => client.hgetall(key),
  stream: (client, key) => client.xrange(key, '-', '+'),
  string: (client, key) => client.get(key),
  zset: (client, key) => client.zrange(key, 0, -1, 'WITHSCORES'),
  set: (client, key) => client.smembers(key),
};

/** As a text, one line for each key. `code`: `openRedis`, `parseRedisUrl` and `messageDigest` of the release. */
export async function writtenFormat(url, { openRedis, parseRedisUrl, messageDigest }) {
  const { log } = await openRedis(optionsFor({ ...parseRedisUrl(url), ca: null }));
  await write(log, messageDigest);
  await log.close();
  const client = new Redis(url);
  const lines = [];
  for (const key of (await client.keys('*')).toSorted()) {
    const type = await client.type(key);
    lines.push(`${key} ${type} ${JSON.stringify(sorted(await READING[type](client, key)))}`);
  }
  client.disconnect();
  return `${lines.map(withoutChance).toSorted().join('\n')}\n`;
}

const sorted = (value) =>
  Array.isArray(value) || typeof value !== 'object' ? value : Object.fromEntries(Object.entries(value).toSorted());

/** Terms, epochs, keys, processes and handles are others each time. */
const withoutChance = (line) =>
  line
    .replace(/"(\d+)-\d{1,10}"/g, '"$1-TERM"')
    .replace(/"q":"[^"]*"/g, (positions) => positions.replace(/-\d{1,10}/g, '-TERM'))
    .replace(/"\d{1,10}":""/g, '"TERM":""')
    .replace(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, 'UUID')
    .replace(/"by":"[^"]*"/g, '"by":"PROCESS"')
    .replace(/"(epoch|ticketKey|changed)":"[^"]*"/g, '"$1":"CHANCE"');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { openRedis } = await import('../../build/events/redis/open.js');
  const { parseRedisUrl } = await import('../../build/events/redis/redis-url.js');
  const { messageDigest } = await import('../../build/domain/message-digest.js');
  writeFileSync(FORMAT_FILE, await writtenFormat(process.argv[2] ?? '', { openRedis, parseRedisUrl, messageDigest }));
}

import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { messageDigest } from '../../../src/domain/message-digest.js';
import { foldHandling } from '../../../src/domain/interaction-metrics.js';
import type { Episode } from '../../../src/domain/interaction-episodes.js';
import type { MessageIdentity } from '../../../src/domain/message-identity.js';
import type { ConversationEvent } from '../../../src/domain/event.js';
import { FORMAT } from '../../../src/events/redis/log-identity.js';
import { encodeEvent } from '../../../src/events/port/event-codec.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import { hashId, keyOf, Keys } from '../../../src/events/redis/keys.js';
import { openRedis } from '../../../src/events/redis/open.js';
import type { RedisLogOptions } from '../../../src/events/redis/open.js';
import { parseRedisUrl } from '../../../src/events/redis/redis-url.js';
import type { RedisTarget } from '../../../src/events/redis/redis-url.js';
import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../../support/redis-server.js';
import { expectInboxOfEvents } from './inbox.js';
import { idsOf, take } from './harness.js';
import { queued } from './sample-events.js';

interface Scripts {
  readonly SAME_TEXTS: readonly string[];
  readonly FORMAT_FILE: string;
  answers(log: EventLog, digest: typeof messageDigest): Promise<unknown>;
  optionsFor(target: RedisTarget): RedisLogOptions;
  sighting(digest: typeof messageDigest, listedId: string, text: string): Parameters<EventLog['identifyListedMessages']>[1][number];
  writtenFormat(url: string, code: object): Promise<string>;
}

interface Fixture {
  readonly answers: unknown;
  readonly keys: Readonly<Record<string, string>>;
}

const script = async (name: string) => (await import(new URL(`../../../scripts/log-fixtures/${name}`, import.meta.url).href)) as Scripts;
const { answers, optionsFor, sighting, SAME_TEXTS } = await script('redis-story.js');
const { FORMAT_FILE, writtenFormat } = await script('redis-format.js');
const FIXTURES = fileURLToPath(new URL('../../fixtures/event-logs', import.meta.url));
const CHANGED = `What the log in Redis writes has changed. Before this is released:
1. make a fixture of the release before: node scripts/log-fixtures/make-redis.js COMMIT
2. raise FORMAT (src/events/redis/log-identity.ts), unless the release before can work beside it, and migrate older logs when they are opened
3. write the new format down: npm run build && node scripts/log-fixtures/redis-format.js URL`;

const fixtures: [string, Fixture][] = [];
for (const file of await readdir(FIXTURES)) {
  if (/^redis-.*\.json$/.test(file)) fixtures.push([file, JSON.parse(await readFile(`${FIXTURES}/${file}`, 'utf8')) as Fixture]);
}

describeWith('redis-server', HOW_TO_GET_REDIS)('a log in Redis', () => {
  let redis: RedisServer;
  let client: Redis;
  beforeEach(async () => {
    redis = await RedisServer.start();
    client = new Redis(redis.port, '127.0.0.1');
  });
  afterEach(async () => {
    client.disconnect();
    await redis.dispose();
  });

  const target = (): RedisTarget => {
    const parsed = parseRedisUrl(redis.url);
    if (parsed === null) throw new Error('no address of a Redis');
    return parsed;
  };
  const openFixture = async ({ keys }: Fixture) => {
    for (const [key, dumped] of Object.entries(keys)) await client.restore(key, 0, Buffer.from(dumped, 'base64'));
    return (await openRedis(optionsFor(target()))).log;
  };
  /** History lists all messages of one text, one more than there are events. */
  const listAll = (log: EventLog, count: number): Promise<readonly MessageIdentity[]> =>
    log.identifyListedMessages(
      'c1',
      Array.from({ length: count }, (_, index) => sighting(messageDigest, `m${index + 1}`, 'Hello')),
    );

  it.each(fixtures.filter(([, fixture]) => fixture.answers !== null))(
    'that an earlier release wrote answers as that did: %s',
    async (_, fixture) => {
      const log = await openFixture(fixture);
      const { handling: episodes, ...known } = fixture.answers as { readonly handling: Episode[] };
      await expectInboxOfEvents(log);
      // Format 1 kept episodes where format 2 keeps the facts that they are made of.
      expect(await answers(log, messageDigest)).toEqual({ ...known, handling: [...foldHandling(episodes, [])] });
      expect(await client.hget('{fixture}:log', 'format')).toBe(FORMAT);
      await log.close();
    },
  );

  it.each(fixtures.filter(([, fixture]) => fixture.answers === null))(
    'that two earlier releases wrote, of which one misread the other, keeps the name of each message: %s',
    async (_, fixture) => {
      const log = await openFixture(fixture);
      const ids = [...SAME_TEXTS, 'later1', 'later2'];
      expect((await listAll(log, ids.length)).map(({ id }) => id)).toEqual(ids.map((id) => `e${id}`));
      await log.close();
    },
  );

  it.each(fixtures)('has the times of the events of messages that no list has shown: %s', async (_, fixture) => {
    const log = await openFixture(fixture);
    const { messages } = await log.eventsMissingFromHistory('c1', new Date(0));
    const { events } = await log.read({ conversationId: 'c1' }, { limit: 1_000, types: ['MESSAGE_ADDED'] });
    const times = new Map(events.map(({ event, identity }) => [identity?.id, [event.occurredAt, event.receivedAt]]));
    expect(messages.length).toBeGreaterThan(0);
    for (const { identity, occurredAt, receivedAt } of messages) expect([occurredAt, receivedAt]).toEqual(times.get(identity.id));
    await log.close();
  });

  it('to which a gateway of the first releases keeps writing is still read', async () => {
    const [, early] = fixtures.find(([name]) => name === 'redis-d940428.json') ?? [];
    const log = await openFixture(early as Fixture);
    // As such a gateway would have written them again: lists, and names without the one before them.
    for (const [key, dumped] of Object.entries((early as Fixture).keys)) {
      if (/:n:/.test(key)) await client.restore(key, 0, Buffer.from(dumped, 'base64'), 'REPLACE');
    }
    expect((await listAll(log, SAME_TEXTS.length)).map(({ id }) => id)).toEqual(SAME_TEXTS.map((id) => `e${id}`));
    await log.close();
  });

  it('shows its subscribers what a gateway of the last release of format 1 stores beside this one, and that one publishes elsewhere', async () => {
    const { log } = await openRedis(optionsFor(target()));
    const c2 = { conversationId: 'c2' };
    const [live, liveOfC2, all] = await Promise.all([
      log.subscribe({ conversationId: 'c1' }, {}),
      log.subscribe(c2, {}),
      log.subscribe('all', {}),
    ]);
    await log.append(queued('e1'));
    await log.health();
    await storeAsFormat1(client, queued('e2'));
    await log.health();
    expect(idsOf(await take(live, 2))).toEqual(['e1', 'e2']);
    expect(idsOf(await take(all, 2))).toEqual(['e1', 'e2']);
    // With an event of this release behind it, before anybody looks.
    await storeAsFormat1(client, queued('e3', c2));
    await log.append(queued('e4'));
    await log.append(queued('e5', { conversationId: 'c4' }));
    await log.health();
    expect(idsOf(await take(liveOfC2, 1))).toEqual(['e3']);
    expect(idsOf(await take(live, 1))).toEqual(['e4']);
    expect(idsOf(await take(all, 3)).toSorted()).toEqual(['e3', 'e4', 'e5']);
    await log.close();
  });

  it('whose format is raised while a gateway runs is not used by it any more', async () => {
    const { log } = await openRedis(optionsFor(target()));
    expect((await log.health()).ok).toBe(true);
    const later = Number(FORMAT) + 1;
    await client.hset('{fixture}:log', 'format', later);
    const rejection = `The event log in Redis has format ${later}; this release reads formats 1 to ${FORMAT}`;
    const { ok, warnings } = await log.health();
    expect([ok, warnings]).toEqual([false, expect.arrayContaining([rejection])]);
    await expect(log.append(queued('e1'))).rejects.toMatchObject({ reason: rejection });
    await expect(log.read('all', { limit: 1 })).rejects.toMatchObject({ reason: rejection });
    await client.hset('{fixture}:log', 'format', FORMAT);
    expect((await log.health()).ok).toBe(true);
    expect((await log.append(queued('e1'))).duplicate).toBe(false);
    await log.close();
  });

  it('is written in the format that is written down', async () => {
    const written = await writtenFormat(redis.url, { openRedis, parseRedisUrl, messageDigest });
    const expected = await readFile(FORMAT_FILE, 'utf8');
    if (written !== expected) throw new Error(`${CHANGED}\n\n${expected}\nnow:\n${written}`);
  });
});

/** As the append script of the last release of format 1 does it, while no new term begins. */
async function storeAsFormat1(client: Redis, event: ConversationEvent): Promise<void> {
  const located = new Keys('fixture', 2).conversation({ conversationId: event.conversationId ?? '' });
  const partition = `${located.base}p`;
  const [number, term] = ((await client.hget(partition, 'last')) ?? '0-77').split('-');
  const position = `${Number(number) + 1}-${term}`;
  await client.hset(`${located.base}g`, term ?? '', '');
  const [received, id] = [String(event.receivedAt.getTime()), hashId(event.id)];
  await client.xadd(keyOf('e', located), position, 't', event.type, 'n', '', 'r', received, 'j', encodeEvent(event));
  await client.xadd(`${located.base}f`, position, 'c', located.hash, 'i', id, 'r', received, 't', event.type, 'u', `${received}000`);
  await client.hset(keyOf('i', located), id, position);
  await client.hset(partition, 'last', position);
}

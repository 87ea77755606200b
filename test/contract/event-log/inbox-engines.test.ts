import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../../support/redis-server.js';
import { newStore, RandomOperations, readWhole, shownOf } from './random-inbox.js';
import { newPrefix, openRedisAt } from './redis-log.js';
import { START } from './sample-events.js';
import { openEmbeddedUnderTest } from './sqlite-log.js';

/** Sequences of this many operations each. More with `INBOX_SEQUENCES=1000`. */
const OPERATIONS = 250;
const SEQUENCES = Number(process.env['INBOX_SEQUENCES'] ?? 4);
const FIRST_SEED = Number(process.env['INBOX_SEED'] ?? 1);
const RETENTION_MS = 3_600_000;
/** As many gateways have the log in Redis open. */
const GATEWAYS = 3;

describeWith('redis-server', HOW_TO_GET_REDIS)('the inbox of both engines', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.dispose());

  it.each(Array.from({ length: SEQUENCES }, (_, index) => FIRST_SEED + index))(
    'is the same, and that of a gateway that has just been started, on every gateway after any operations (seed %d)',
    async (seed) => {
      const embedded = await openEmbeddedUnderTest();
      const { clock } = embedded;
      const prefix = newPrefix();
      let stored = 0;
      const open = async () =>
        (
          await openRedisAt(redis.url, {
            prefix,
            partitions: seed % 2 === 0 ? 1 : 3,
            clock: () => clock.now,
            storedAt: () => clock.now * 1_000 + (stored += 1),
            retentionMs: RETENTION_MS,
          })
        ).log;
      const gateways = [];
      for (let number = 0; number < GATEWAYS; number += 1) gateways.push(await open());
      const [shared, own] = [newStore(gateways), newStore([embedded.log])];
      const operations = new RandomOperations(seed, [shared, own], clock);
      const done: string[] = [];
      clock.now = START;
      try {
        for (let number = 1; number <= OPERATIONS; number += 1) {
          done.push(await operations.next());
          if (number % 2 === 0) await operations.readPage();
          if (number % 10 !== 0) continue;
          const fresh = await open();
          for (let times = 0; times < 4; times += 1) {
            const query = operations.query();
            const expected = await readWhole(fresh, query);
            for (const log of gateways) expect(await readWhole(log, query)).toEqual(expected);
            const embeddedEntries = await readWhole(embedded.log, query);
            expect(expected.map((entry) => shownOf(shared, entry))).toEqual(embeddedEntries.map((entry) => shownOf(own, entry)));
            const ids = expected.map(({ conversationId }) => conversationId);
            expect(await gateways[0]?.inbox.entries(ids, query.reader)).toEqual(expected);
            expect(await embedded.log.inbox.entries(ids, query.reader)).toEqual(embeddedEntries);
          }
          await fresh.close();
        }
      } catch (error) {
        if (error instanceof Error) error.message += `\nAfter: ${done.slice(-40).join('\n')}`;
        throw error;
      } finally {
        for (const log of gateways) await log.close();
        await embedded.dispose();
      }
    },
    120_000,
  );
});

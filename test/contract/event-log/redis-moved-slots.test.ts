import { Keys } from '../../../src/events/redis/keys.js';
import { describeWith } from '../../support/needs.js';
import { RedisCluster } from '../../support/redis-cluster.js';
import { HOW_TO_GET_REDIS } from '../../support/redis-server.js';
import { untilTrue } from '../../support/until.js';
import { follow, Lane } from './append-and-follow.js';
import { idsOf } from './harness.js';
import { newPrefix, openRedisAt } from './redis-log.js';
import { messageAdded } from './sample-events.js';

const PARTITIONS = 2;
const CONVERSATIONS = Array.from({ length: 8 }, (_, n) => `c${n}`);
/** Each partition's slot is moved to one node after the other, so often in all. */
const MOVES = 6;
/** Events of each conversation between two moves. */
const EACH = 10;

describeWith('redis-server', HOW_TO_GET_REDIS)('a Redis cluster whose slots are moved', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await RedisCluster.start(['--appendfsync', 'no']);
  }, 60_000);
  afterAll(() => cluster.dispose());

  it('loses, repeats, swaps and expires nothing that was acknowledged when a slot is moved under load', async () => {
    const prefix = newPrefix();
    const open = async () => (await openRedisAt(cluster.url, { prefix, partitions: PARTITIONS })).log;
    const gateways = [await open(), await open()];
    const lanes = CONVERSATIONS.map((conversationId) => new Lane(conversationId, gateways));
    const lasts = lanes.map(({ last }) => last);
    const following = [
      ...lanes.flatMap(({ conversationId, last }) => [Infinity, 5].map((stays) => follow(gateways, { conversationId }, stays, [last]))),
      ...[Infinity, 50].map((stays) => follow(gateways, 'all', stays, lasts)),
    ];
    const sending = Promise.all(lanes.map((lane) => lane.run()));
    const untilEachHasMore = async () => {
      const counts = lanes.map(({ acknowledged }) => acknowledged.length + EACH);
      await untilTrue(() => lanes.every(({ acknowledged }, n) => acknowledged.length >= (counts[n] ?? 0)));
    };
    const keys = new Keys(prefix, PARTITIONS);
    for (let move = 0; move < MOVES; move += 1) {
      await untilEachHasMore();
      await cluster.moveSlotOf(keys.base(move % PARTITIONS), move % cluster.nodes.length);
    }
    await untilEachHasMore();
    for (const lane of lanes) lane.stop();
    const [followed] = await Promise.all([Promise.all(following), sending]);

    const [first] = gateways;
    for (const { conversationId, acknowledged } of lanes) {
      const { events } = (await first?.read({ conversationId }, { limit: 1_000, fromEnd: true })) ?? { events: [] };
      expect(idsOf(events)).toEqual(acknowledged.slice(-1_000));
    }
    for (const { scope, shown, expired } of followed) {
      expect(expired).toBe(0);
      for (const { conversationId, acknowledged } of lanes) {
        if (scope !== 'all' && scope.conversationId !== conversationId) continue;
        expect(shown.filter((id) => id.startsWith(`${conversationId} `))).toEqual(acknowledged);
      }
    }
    for (const log of gateways) await log.close();
  }, 60_000);

  it('keeps the identities of messages, whichever node they are on', async () => {
    const prefix = newPrefix();
    const { log } = await openRedisAt(cluster.url, { prefix, partitions: 1 });
    const base = new Keys(prefix, 1).base(0);
    const named = [];
    for (let n = 0; n < 6; n += 1) {
      const [appended] = await Promise.all([
        log.append(messageAdded(`e${n}`, `text ${n}`)),
        cluster.moveSlotOf(base, n % cluster.nodes.length),
      ]);
      named.push(appended);
    }
    for (const { event, cursor, identity } of named) {
      expect(await log.findByIdentity('c1', identity?.id ?? '')).toEqual({ identity, event: { event, cursor, identity } });
    }
    await log.close();
  }, 30_000);
});

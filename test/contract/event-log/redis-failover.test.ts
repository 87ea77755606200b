import { CursorExpiredError } from '../../../src/domain/errors.js';
import { LogUnavailableError } from '../../../src/events/port/errors.js';
import type { EventLog, Scope } from '../../../src/events/port/event-log.js';
import { Keys } from '../../../src/events/redis/keys.js';
import type { RedisLogOptions } from '../../../src/events/redis/open.js';
import { describeWith } from '../../support/needs.js';
import { asked, hasReplica, isMaster, RedisCluster } from '../../support/redis-cluster.js';
import { HOW_TO_GET_REDIS } from '../../support/redis-server.js';
import type { RedisServer } from '../../support/redis-server.js';
import { untilTrue } from '../../support/until.js';
import { follow, Lane } from './append-and-follow.js';
import { idsOf, take } from './harness.js';
import { newPrefix, openRedisAt } from './redis-log.js';
import { queued } from './sample-events.js';

/** How soon a node counts as dead, in milliseconds. */
const DEAD_AFTER_MS = 1_000;
/** A replica takes over however long it has not heard of its master. */
const SETTINGS = ['--appendfsync', 'always', '--cluster-replica-validity-factor', '0', '--enable-debug-command', 'local'];
const PARTITIONS = 16;
const SLOTS = 16_384;
const CONVERSATIONS = Array.from({ length: 12 }, (_, n) => `c${n}`);
/** Events of each conversation before a master is killed, and after its replica has taken over. */
const EACH = 20;
const BRIEFLY = { replicas: 1, replicasWaitMs: 1 };

describeWith('redis-server', HOW_TO_GET_REDIS)('a Redis cluster of three masters with a replica each', () => {
  let cluster: RedisCluster;
  let prefix: string;
  let logs: EventLog[];
  const open = async (options: Partial<RedisLogOptions>) => {
    const { log } = await openRedisAt(cluster.url, { prefix, partitions: PARTITIONS, ...options });
    logs.push(log);
    return log;
  };
  /** Which of the masters, as they were at first, a conversation lies on. */
  const masterOf = async (conversationId: string) => {
    const keys = new Keys(prefix, PARTITIONS);
    const key = keys.base(keys.locate({ conversationId }).partition);
    const slot = await asked(cluster.nodes[2] as RedisServer, (client) => client.cluster('KEYSLOT', key));
    return Math.floor((slot * cluster.nodes.length) / SLOTS);
  };
  const conversationsOn = async (master: number) => {
    const masters = await Promise.all(CONVERSATIONS.map(masterOf));
    return CONVERSATIONS.filter((_, index) => masters[index] === master);
  };

  beforeAll(async () => {
    cluster = await RedisCluster.start(SETTINGS, DEAD_AFTER_MS);
    for (const master of cluster.nodes.keys()) await cluster.addReplica(master);
  }, 30_000);
  afterAll(() => cluster.dispose());
  beforeEach(() => {
    prefix = newPrefix();
    logs = [];
  });
  afterEach(async () => {
    for (const log of logs) await log.close();
  });

  it('loses, repeats and swaps nothing that was acknowledged when a master is killed under load', async () => {
    const [victim, heir] = [cluster.nodes[0], cluster.replicas[0]] as [RedisServer, RedisServer];
    const gateways = [await open({ replicas: 1 }), await open({ replicas: 1 })];
    const lanes = CONVERSATIONS.map((conversationId) => new Lane(conversationId, gateways));
    const following = lanes.flatMap(({ conversationId, last }) =>
      [Infinity, 5].map((stays) => follow(gateways, { conversationId }, stays, [last])),
    );
    const all = [Infinity, 50].map((stays) =>
      follow(
        gateways,
        'all',
        stays,
        lanes.map(({ last }) => last),
      ),
    );
    const sending = Promise.all(lanes.map((lane) => lane.run()));
    const untilEachHas = (counts: readonly number[]) =>
      untilTrue(() => lanes.every(({ acknowledged }, n) => acknowledged.length >= (counts[n] ?? 0)));

    await untilEachHas(lanes.map(() => EACH));
    await victim.kill();
    await untilTrue(() => isMaster(heir));
    // As its replica: without one the heir's events are not acknowledged.
    await victim.restart();
    await untilTrue(() => hasReplica(heir));
    await untilEachHas(lanes.map(({ acknowledged }) => acknowledged.length + EACH));
    for (const lane of lanes) lane.stop();
    const [followed] = await Promise.all([Promise.all([...following, ...all]), sending]);

    const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
    console.log(
      `${sum(lanes.map(({ acknowledged }) => acknowledged.length))} events acknowledged, after ${sum(lanes.map(({ refused }) => refused))} refusals; ` +
        `${followed.length} followers, ${sum(followed.map(({ resumes }) => resumes))} resumes; ` +
        `${sum(followed.map(({ expired }) => expired))} cursors expired for events that were lost before they were acknowledged`,
    );
    const disturbed = await conversationsOn(0);
    for (const { scope, shown, expired } of followed) {
      const ofScope = lanes.filter(({ conversationId }) => scope === 'all' || conversationId === scope.conversationId);
      expect(shown).toHaveLength(sum(ofScope.map(({ acknowledged }) => acknowledged.length)));
      for (const { conversationId, acknowledged } of ofScope) {
        expect(shown.filter((id) => id.startsWith(`${conversationId} `))).toEqual(acknowledged);
      }
      if (scope !== 'all' && !disturbed.includes(scope.conversationId)) expect(expired).toBe(0);
    }
  }, 40_000);

  it('delivers to subscribers at other nodes what a master could not forward before it was killed', async () => {
    const [victim, heir] = [cluster.nodes[2], cluster.replicas[2]] as [RedisServer, RedisServer];
    const [conversationId = ''] = await conversationsOn(2);
    // By chance each listens at another node.
    const listening = await Promise.all(Array.from({ length: 8 }, async () => (await open({})).subscribe({ conversationId }, {})));
    const writing = await open({ replicas: 1 });
    const others = await asked(
      victim,
      async (client) => ((await client.cluster('NODES')) as string).match(/^\w+(?= \S+ (?:master|slave) )/gm) ?? [],
    );
    await asked(victim, async (client) => {
      const cut = client.pipeline();
      for (const id of others) cut.call('DEBUG', 'CLUSTERLINK', 'KILL', 'TO', id);
      const appended = writing.append(queued('unacknowledged', { conversationId }));
      await Promise.all([cut.exec(), appended]);
    });
    await victim.kill();
    await untilTrue(() => isMaster(heir));
    for (const each of listening) expect(idsOf(await take(each, 1))).toEqual(['unacknowledged']);
    await victim.restart();
  }, 30_000);

  it('fails readers whose events a promoted replica never got, and skips none', async () => {
    const [victim, heir] = [cluster.nodes[1], cluster.replicas[1]] as [RedisServer, RedisServer];
    const [lagging, elsewhere] = await Promise.all([1, 2].map(async (master) => (await conversationsOn(master))[0] ?? ''));
    const [scope, otherScope] = [{ conversationId: lagging ?? '' }, { conversationId: elsewhere ?? '' }];
    const [careless, waiting, reading] = [await open({}), await open(BRIEFLY), await open({})];
    const { cursor } = await careless.append(queued('e1', scope));
    const { cursor: otherCursor } = await careless.append(queued('o1', otherScope));
    // From here on the replica gets nothing more.
    await asked(victim, async (client) => {
      await client.call('ACL', 'SETUSER', 'default', '-psync', '-sync');
      await client.call('CLIENT', 'KILL', 'TYPE', 'replica');
    });
    const live = await Promise.all([scope, 'all' as const].map((each: Scope) => reading.subscribe(each, {})));
    const other = await reading.subscribe(otherScope, {});
    const { cursor: lost } = await careless.append(queued('lost', scope));
    for (const each of live) expect(idsOf(await take(each, 1))).toEqual(['lost']);
    await expect(waiting.append(queued('unacknowledged', scope))).rejects.toThrow(LogUnavailableError);
    await victim.kill();
    await untilTrue(() => isMaster(heir));
    const heirs = new Lane(scope.conversationId, [careless]);
    heirs.stop();
    await heirs.run();

    for (const each of live) await expect(take(each, 2)).rejects.toThrow(CursorExpiredError);
    await expect(reading.subscribe(scope, { after: lost })).rejects.toThrow(CursorExpiredError);
    await expect(reading.read(scope, { limit: 10, after: lost })).rejects.toThrow(CursorExpiredError);
    expect(idsOf((await reading.read(scope, { limit: 10, after: cursor })).events)).toEqual([heirs.last]);
    await careless.append(queued('o2', otherScope));
    expect(idsOf(await take(other, 1))).toEqual(['o2']);
    expect(idsOf((await reading.read(otherScope, { limit: 10, after: otherCursor })).events)).toEqual(['o2']);
  }, 30_000);
});

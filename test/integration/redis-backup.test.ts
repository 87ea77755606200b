import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulatedUpstream } from '../../src/composition/create-upstream.js';
import { ConversationEventsDocument, EventsDocument } from '../operations/operations.generated.js';
import { describeWith } from '../support/needs.js';
import { asked } from '../support/redis-cluster.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { createConversation } from './followed-conversation.js';

describeWith('redis-server', HOW_TO_GET_REDIS)('an event log in Redis', () => {
  let redis: RedisServer;
  let restored: RedisServer;
  let gateway: RunningGateway;
  let another: RunningGateway | null = null;
  beforeEach(async () => {
    redis = await RedisServer.start('--appendfsync', 'always');
    // The steps of docs/backups.md: a new Redis that does not write its own file yet.
    restored = await RedisServer.start('--appendfsync', 'always', '--appendonly', 'no');
    gateway = await RunningGateway.start({ config: { eventLog: { redis: redis.asLog } } });
  });
  afterEach(async () => {
    await another?.stop();
    await gateway.stop();
    await Promise.all([redis.dispose(), restored.dispose()]);
  });

  const persistence = (server: RedisServer) => asked(server, (client) => client.info('persistence'));

  it('is restored from a snapshot, and the cursors of events that this lacks have expired', async () => {
    const { id, origin } = await createConversation(gateway);
    await gateway.simulator.webhookSender.settled();
    const eventsAt = async (where: RunningGateway) =>
      (await where.get(EventsDocument, { id, first: 100 })).conversation?.events.edges.map(({ node }) => node) ?? [];
    const before = await eventsAt(gateway);
    expect(before.length).toBeGreaterThan(0);

    await asked(redis, (client) => client.bgsave());
    await untilTrue(async () => (await persistence(redis)).includes('rdb_bgsave_in_progress:0'));
    gateway.simulator.centre.agentAccepts(id);
    await gateway.simulator.webhookSender.settled();
    const lost = (await eventsAt(gateway)).at(-1)?.cursor ?? '';
    await gateway.gateway.close();
    await redis.kill();

    await restored.kill();
    copyFileSync(join(redis.directory, 'dump.rdb'), join(restored.directory, 'dump.rdb'));
    await restored.restart();
    await asked(restored, (client) => client.config('SET', 'appendonly', 'yes'));
    await untilTrue(async () => /aof_enabled:1[^]*aof_rewrite_in_progress:0/.test(await persistence(restored)));

    const upstream = simulatedUpstream(gateway.simulator, gateway.generation.name);
    another = await RunningGateway.start({ config: { eventLog: { redis: restored.asLog }, upstream } });
    expect(await eventsAt(another)).toEqual(before);
    const resumed = another.subscribe(ConversationEventsDocument, { id, after: origin });
    expect((await resumed.take(before.length)).map(({ data }) => data?.conversationEvents.id)).toEqual(before.map((event) => event.id));
    await resumed.stop();
    const tooLate = another.subscribe(ConversationEventsDocument, { id, after: lost });
    expect((await tooLate.next()).errors).toMatchObject([{ extensions: { code: 'CURSOR_EXPIRED' } }]);
  });
});

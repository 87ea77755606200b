import { Redis } from 'ioredis';
import { simulatedUpstream } from '../../src/composition/create-upstream.js';
import { ConversationEventsDocument } from '../operations/operations.generated.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { Work } from './healing/work.js';

const TIMINGS = { beatMs: 600_000, tickMs: 20, quietMs: 100, maxQuietMs: 100, silenceMs: 600_000, activeMs: 600_000, retryMs: 50 };

describeWith('redis-server', HOW_TO_GET_REDIS)('a gateway that stops while the contact centre does not answer its looks', () => {
  it('leaves no claim behind: another looks at the conversations immediately', async () => {
    const redis = await RedisServer.start('--appendfsync', 'always');
    const admin = new Redis(redis.port, '127.0.0.1');
    const config = { eventLog: { redis: redis.asLog }, healing: { afterMs: 300, callsPerSecond: 100 } };
    const overrides = { healTimings: TIMINGS };
    const one = await RunningGateway.start({ config, overrides });
    const other = await RunningGateway.start({
      config: { ...config, upstream: simulatedUpstream(one.simulator, one.generation.name) },
      overrides,
    });
    const claimed = async () => {
      const looks = await admin.keys('*}:hl:*');
      const by = await Promise.all(looks.map((key) => admin.hget(key, 'by')));
      return by.filter((gateway) => gateway !== null).length;
    };
    try {
      const { simulator } = one;
      const work = await Work.begin(one, 2);
      simulator.faults.set({ silence: 1, 'event-dropped': 1 });
      const followed = work.conversationIds.map((id) => one.subscribe(ConversationEventsDocument, { id }));
      await untilTrue(async () => (await claimed()) === 2);
      await work.goOn('lost');
      await Promise.all(followed.map((results) => results.stop()));
      await one.gateway.close();
      expect(await claimed()).toBe(0);

      simulator.faults.set({});
      const resumed = work.conversationIds.map((id) => other.subscribe(ConversationEventsDocument, { id }));
      for (const results of resumed) expect((await results.next()).data?.conversationEvents.__typename).toBe('MessageAdded');
      await Promise.all(resumed.map((results) => results.stop()));
    } finally {
      await other.stop();
      await one.stop();
      admin.disconnect();
      await redis.dispose();
    }
  });
});

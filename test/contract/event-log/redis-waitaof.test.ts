import type { EventLog } from '../../../src/events/port/event-log.js';
import type { RedisLogOptions } from '../../../src/events/redis/open.js';
import { asked } from '../../support/redis-cluster.js';
import { RedisPair } from '../../support/redis-pair.js';
import { RedisServer } from '../../support/redis-server.js';
import { untilTrue } from '../../support/until.js';
import { describeWithWaitAof } from '../../support/waitaof.js';
import { describeEventLog } from './contract.js';
import { idsOf } from './harness.js';
import { openRedisAt, redisUnderTest } from './redis-log.js';
import { describeReplicas } from './replicas.js';
import { messageAdded, queued } from './sample-events.js';

const c1 = { conversationId: 'c1' };
/** For what is to fail: as short as Redis can wait. */
const BRIEFLY = { replicas: 1, replicasWaitMs: 1 };
/** For what is to be acknowledged: until the test's own limit. */
const PATIENTLY = { replicas: 1, replicasWaitMs: 600_000 };

describeWithWaitAof('a server that knows WAITAOF', (program) => {
  describe('without a replica', () => {
    let server: RedisServer;
    beforeAll(async () => {
      server = await RedisServer.startProgram(program);
    });
    afterAll(() => server.dispose());
    describeEventLog(
      'has an event log',
      redisUnderTest(() => server.url, 16),
    );
  });

  describe('with a replica', () => {
    describeReplicas(program);
  });

  describe('with a replica and its disk', () => {
    let pair: RedisPair;
    let logs: EventLog[];
    const start = async (...settings: string[]) => {
      pair = await RedisPair.start(program, ...settings);
    };
    const open = async (options: Partial<RedisLogOptions>, { url } = pair.primary) => {
      const { log } = await openRedisAt(url, options);
      logs.push(log);
      return log;
    };
    const syncAtReplica = (when: 'always' | 'no') => asked(pair.replica, (client) => client.config('SET', 'appendfsync', when));
    beforeEach(() => {
      logs = [];
    });
    afterEach(async () => {
      for (const log of logs) await log.close();
      await pair.dispose();
    });

    it('acknowledges what both still have when they are killed together', async () => {
      await start();
      const log = await open(PATIENTLY);
      const ids = Array.from({ length: 50 }, (_, n) => `e${n}`);
      await Promise.all(ids.map((id, n) => log.append(n % 2 === 0 ? queued(id) : messageAdded(id, id))));
      expect(await pair.waitedBy()).toEqual(['WAIT', 'WAITAOF']);
      await Promise.all([pair.primary.kill(), pair.replica.kill()]);
      await pair.replica.restart();
      expect(idsOf((await (await open({}, pair.replica)).read(c1, { limit: 100 })).events)).toEqual(ids);
    });

    it('does not acknowledge what the replica has only in its memory, until it is on its disk', async () => {
      await start();
      const log = await open(PATIENTLY);
      await syncAtReplica('no');
      let isAcknowledged = false;
      const appending = log.append(queued('e1')).finally(() => (isAcknowledged = true));
      // Redis counts a wait once it is over: that for the memory.
      await untilTrue(async () => (await pair.waitedBy()).includes('WAIT'));
      expect(idsOf((await log.read(c1, { limit: 100 })).events)).toEqual(['e1']);
      expect([isAcknowledged, await pair.waitedBy()]).toEqual([false, ['WAIT']]);
      await syncAtReplica('always');
      expect(await appending).toMatchObject({ duplicate: false });
    });

    it('does not acknowledge anything while the replica is down, and does once it is back', async () => {
      await start();
      const [brief, patient] = [await open(BRIEFLY), await open(PATIENTLY)];
      await pair.replica.kill();
      await expect(brief.append(queued('e1'))).rejects.toMatchObject({ reason: expect.stringMatching(/LOG_REPLICAS/) as string });
      const again = patient.append(queued('e1'));
      await pair.replica.restart();
      await pair.follow();
      expect(await again).toMatchObject({ duplicate: true });
    });

    it.each([
      ['syncs once a second', ['--appendfsync', 'everysec']],
      ['has no WAITAOF', ['--rename-command', 'WAITAOF', '']],
      ['hides its commands', ['--rename-command', 'COMMAND', '']],
    ])('takes what is in the memory of the replica where the primary %s', async (_, settings) => {
      await start(...settings);
      const log = await open(PATIENTLY);
      await syncAtReplica('no');
      expect(await log.append(queued('e1'))).toMatchObject({ duplicate: false });
      expect(await pair.waitedBy()).toEqual(['WAIT']);
    });
  });
});

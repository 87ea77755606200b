import { CursorExpiredError } from '../../../src/domain/errors.js';
import { LogUnavailableError } from '../../../src/events/port/errors.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import type { RedisLogOptions } from '../../../src/events/redis/open.js';
import { asked } from '../../support/redis-cluster.js';
import { RedisPair } from '../../support/redis-pair.js';
import { untilTrue } from '../../support/until.js';
import { idsOf } from './harness.js';
import { newPrefix, openRedisAt } from './redis-log.js';
import { digestOf, messageAdded, queued, START } from './sample-events.js';

const c1 = { conversationId: 'c1' };
/** For what is to fail: as short as Redis can wait. What is to be acknowledged is waited for until the test's own limit. */
const BRIEFLY = { replicas: 1, replicasWaitMs: 1 };
const PATIENTLY = { replicas: 1, replicasWaitMs: 600_000 };

/** What a log keeps to that waits for a replica, whether for its memory or for its disk, with servers of a program. */
export function describeReplicas(program: string): void {
  let pair: RedisPair;
  let prefix: string;
  let logs: EventLog[];
  const open = async (options: Partial<RedisLogOptions>, { url } = pair.primary) => {
    const { log } = await openRedisAt(url, { prefix, ...options });
    logs.push(log);
    return log;
  };
  const idsAt = async (log: EventLog) => idsOf((await log.read(c1, { limit: 100 })).events);

  beforeEach(async () => {
    prefix = newPrefix();
    logs = [];
    pair = await RedisPair.start(program);
  });
  afterEach(async () => {
    pair.replica.resume();
    for (const log of logs) await log.close();
    await pair.dispose();
  });

  it('acknowledges what the replica has, so that nothing of it is gone when the primary dies', async () => {
    const log = await open(PATIENTLY);
    const ids = Array.from({ length: 50 }, (_, n) => `e${n}`);
    const appended = await Promise.all(ids.map((id, n) => log.append(n % 2 === 0 ? queued(id) : messageAdded(id, id))));
    expect(appended.every(({ duplicate }) => !duplicate)).toBe(true);
    // Redis 7.0 cannot report what is on the replica's disk; later ones and Valkey can.
    const [known] = await asked(pair.primary, async (client) => (await client.call('COMMAND', 'INFO', 'waitaof')) as unknown[]);
    expect(await pair.waitedBy()).toEqual(known === null ? ['WAIT'] : ['WAIT', 'WAITAOF']);
    await pair.primary.kill();
    await pair.promote();
    expect(await idsAt(await open({}, pair.replica))).toEqual(ids);
  });

  it('does not acknowledge what the replica has not, and then the same event once, when it is sent again', async () => {
    const [brief, patient] = [await open(BRIEFLY), await open(PATIENTLY)];
    pair.replica.pause();
    await expect(brief.append(queued('e1'))).rejects.toMatchObject({ reason: expect.stringMatching(/LOG_REPLICAS/) as string });
    // A repeat is stored already, and has to be waited for all the same.
    await expect(brief.append(queued('e1'))).rejects.toThrow(LogUnavailableError);
    expect(await idsAt(brief)).toEqual(['e1']);
    const again = patient.append(queued('e1'));
    pair.replica.resume();
    expect(await again).toMatchObject({ duplicate: true });
    await pair.primary.kill();
    await pair.promote();
    expect(await idsAt(await open({}, pair.replica))).toEqual(['e1']);
  });

  it('treats no request and no message as recorded that the replica lacks', async () => {
    const [brief, patient] = [await open(BRIEFLY), await open(PATIENTLY)];
    const request = { name: 'create 1', input: 'digest' };
    const echo = { conversationId: 'c1', digest: digestOf('A'), clientMessageId: 'm1', sentAt: new Date(START) };
    pair.replica.pause();
    await expect(brief.requests.claim(request)).rejects.toThrow(LogUnavailableError);
    await expect(brief.registerPendingSend(echo)).rejects.toThrow(LogUnavailableError);
    pair.replica.resume();
    // It was not carried out, and so may be tried again.
    expect(await patient.requests.claim(request)).toBe('claimed');
    await patient.registerPendingSend(echo);
    await pair.primary.kill();
    await pair.promote();
    expect(await (await open({}, pair.replica)).requests.claim(request)).toBe('unknown');
  });

  it('stays usable without the replica if none is required', async () => {
    const log = await open({});
    pair.replica.pause();
    expect(await log.append(queued('e1'))).toMatchObject({ duplicate: false });
  });

  it('fails readers whose events a promoted replica never got, and skips none', async () => {
    const log = await open({ ...PATIENTLY, partitions: 1 });
    const careless = await open({});
    const { cursor } = await log.append(queued('e1'));
    // From here on it gets nothing.
    await pair.promote();
    const { cursor: lost } = await careless.append(queued('lost'));
    await pair.primary.kill();
    const promoted = await open({}, pair.replica);
    for (const id of ['e2', 'e3', 'e4']) await promoted.append(queued(id));
    await expect(promoted.read(c1, { limit: 10, after: lost })).rejects.toThrow(CursorExpiredError);
    await expect(promoted.subscribe(c1, { after: lost })).rejects.toThrow(CursorExpiredError);
    expect(idsOf((await promoted.read(c1, { limit: 10, after: cursor })).events)).toEqual(['e2', 'e3', 'e4']);
  });

  it('that is missing is reported, or rejected if durability is required', async () => {
    const log = await open({ ...PATIENTLY, requireDurable: true });
    expect(await log.health()).toEqual({ ok: true, warnings: [] });
    await pair.promote();
    await untilTrue(async () => (await pair.online()) === 0);
    expect((await log.health()).warnings).toEqual([expect.stringContaining('LOG_REPLICAS is 1')]);
    await expect(open({ ...PATIENTLY, requireDurable: true })).rejects.toMatchObject({
      reason: expect.stringMatching(/REQUIRE_DURABLE_LOG=true: 0 .*LOG_REPLICAS is 1/) as string,
    });
    expect((await (await open(PATIENTLY)).health()).warnings).toEqual([expect.stringContaining('LOG_REPLICAS is 1')]);
  });
}

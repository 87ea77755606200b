import { Redis } from 'ioredis';
import { ContactCentreProcess } from '../support/crash/contact-centre-process.js';
import { GatewayProcess } from '../support/crash/gateway-process.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { untilTrue } from '../support/until.js';

/** What a gateway has in flight at most. */
const IN_HAND = 512;
const AT_ONCE = 700;

describeWith('redis-server', HOW_TO_GET_REDIS)('a flood of webhooks while the log stands still', () => {
  let redis: RedisServer;
  let contactCentre: ContactCentreProcess;
  let gateway: GatewayProcess;
  let admin: Redis;
  beforeAll(async () => {
    [redis, contactCentre] = await Promise.all([RedisServer.start(), ContactCentreProcess.start()]);
    admin = new Redis(redis.url);
    gateway = new GatewayProcess({ ...contactCentre.settings, PORT: '0', EVENT_LOG: redis.url });
  });
  afterAll(async () => {
    admin.disconnect();
    await gateway.dispose();
    await Promise.all([redis.dispose(), contactCentre.kill()]);
  });

  it('is accepted up to the in-flight limit, the rest is rejected for a retry, and in the end each is stored once', async () => {
    const { webhookUrl } = await gateway.start();
    const outcomes = async (outcome: string) => {
      const text = await (await fetch(new URL('/metrics', webhookUrl))).text();
      return Number(new RegExp(`^gateway_webhooks_total{outcome="${outcome}"} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
    };
    const conversationIds = Array.from({ length: 20 }, (_, n) => `c${n}`);
    // With the signing key, which is asked for at the first.
    const order = { webhookUrl, conversationIds, perSecond: null } as const;
    const { events: first } = await contactCentre.post({ ...order, lanes: 1, total: 1 });
    await admin.call('CLIENT', 'PAUSE', '600000', 'WRITE');
    const posted = contactCentre.post({ ...order, lanes: AT_ONCE, total: AT_ONCE });
    await untilTrue(async () => (await outcomes('overloaded')) >= AT_ONCE - IN_HAND);
    expect(await outcomes('stored')).toBe(first.length);
    await admin.call('CLIENT', 'UNPAUSE');
    const { events, tries, answers } = await posted;
    expect(events).toHaveLength(AT_ONCE + conversationIds.length);
    expect(Object.keys(answers).toSorted()).toEqual(['204', '503']);
    expect(answers['204']).toBe(events.length);
    expect(answers['503']).toBe(tries - events.length);
    // What was answered with 503 after it had been sent to Redis is a duplicate when it is sent again.
    expect((await outcomes('stored')) + (await outcomes('duplicate'))).toBe(first.length + events.length);
  }, 60_000);
});

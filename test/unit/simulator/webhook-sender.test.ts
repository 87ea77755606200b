import { createPublicKey, verify } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import type { SimulatorOptions } from '../../../src/simulator/options.js';
import { create, say } from './rest-client.js';
import { sharedKey } from './shared-key.js';
import { createWebhookReceiver } from './webhook-receiver.js';
import type { Received, WebhookReceiver } from './webhook-receiver.js';

let sim: Simulator;
let receiver: WebhookReceiver;

async function start(statusOf: (nth: number) => number | null, options: SimulatorOptions = {}): Promise<void> {
  receiver = await createWebhookReceiver(statusOf);
  sim = createSimulator({ signingKey: sharedKey, agents: 'manual', webhookUrl: receiver.url, retryDelaysMs: [5, 5, 5], ...options });
  await sim.listen();
}

afterEach(async () => {
  await sim.close();
  await receiver.close();
});

/** CRC-32 as in ISO 3309, bit by bit: not the library's, so that the two are checked against each other. */
function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** Checks a try as its receiver would, with the key that the API serves. */
async function isSigned({ headers, raw }: Received): Promise<boolean> {
  const header = (name: string): string => String(headers[`x-8x8-${name}`]);
  const [protectedHeader = '', payload, signature = ''] = header('signature').split('.');
  const { kid, ...rest } = JSON.parse(Buffer.from(protectedHeader, 'base64url').toString()) as Record<string, unknown>;
  expect(rest).toEqual({ b64: false, crit: ['b64'], alg: 'RS256' });
  expect(kid).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(payload).toBe('');
  const response = await fetch(`${sim.url}/chat-gateway/v1/jwk/${String(kid)}/public`);
  const key = createPublicKey({ format: 'jwk', key: (await response.json()) as JsonWebKey });
  const signed =
    `{"checksum":${crc32(raw)},"cid":"${header('customer-id')}","eid":"${header('event-id')}","retry":${header('retry')},` +
    `"tid":"${header('tenant-id')}","tt":${header('transmission-time')}}`;
  return verify('RSA-SHA256', Buffer.from(`${protectedHeader}.${signed}`), key, Buffer.from(signature, 'base64url'));
}

describe('the webhookSender', () => {
  it('signs every event with the key that the API serves', async () => {
    await start(() => 204, { tenantId: 'north01', customerId: 'north' });
    const id = await create(sim);
    await say(sim, id, 'Bună ziua — 你好 🙂');
    const received = await receiver.until(4);
    for (const one of received) {
      expect(one.headers).toMatchObject({ 'content-type': 'application/json', 'x-8x8-tenant-id': 'north01', 'x-8x8-customer-id': 'north' });
      expect(await isSigned(one)).toBe(true);
      expect(await isSigned({ ...one, raw: Buffer.concat([one.raw, Buffer.from(' ')]) })).toBe(false);
    }
    expect(new Set(received.map(({ headers }) => headers['x-8x8-event-id'])).size).toBe(4);
  });

  it('retries until it is acknowledged, with the same event id and a new transmission time', async () => {
    let now = 1_767_225_600_000;
    await start((nth) => (nth === 0 ? 503 : nth === 1 ? 302 : 200), { clock: () => (now += 10) });
    sim.holdPoints.hold('event', ({ body }) => JSON.stringify(body).includes('"state":"active"') || body['eventType'] === 'QUEUED');
    await create(sim);
    const tries = await receiver.until(3);
    expect(tries.map(({ headers }) => headers['x-8x8-retry'])).toEqual(['0', '1', '2']);
    expect(new Set(tries.map(({ headers }) => headers['x-8x8-event-id'])).size).toBe(1);
    expect(new Set(tries.map(({ headers }) => headers['x-8x8-transmission-time'])).size).toBe(3);
    expect(new Set(tries.map(({ raw }) => raw.toString())).size).toBe(1);
    for (const one of tries) expect(await isSigned(one)).toBe(true);
  });

  it('logs every event and delivery attempt', async () => {
    await start((nth) => (nth === 0 ? 500 : 204));
    const id = await create(sim);
    await receiver.until(4);
    await sim.webhookSender.settled();
    const [first, ...others] = sim.webhookSender.deliveries();
    expect(first).toEqual({
      eventId: expect.any(String) as string,
      eventType: 'CONVERSATION_UPDATE',
      conversationId: id,
      webhookId: expect.any(String) as string,
      body: receiver.received[0]?.event,
      attempts: [
        { at: expect.any(Number) as number, status: 500 },
        { at: expect.any(Number) as number, status: 204 },
      ],
      state: 'delivered',
    });
    expect(others.map(({ state, attempts }) => [state, attempts.length])).toEqual([
      ['delivered', 1],
      ['delivered', 1],
    ]);
  });

  it('stops retrying an event after the last delay', async () => {
    await start(() => 500);
    await create(sim);
    await receiver.until(12);
    await sim.webhookSender.settled();
    expect(sim.webhookSender.deliveries().map(({ state, attempts }) => [state, attempts.length])).toEqual(Array(3).fill(['failed', 4]));
  });

  it('retries when the webhook does not respond in time', async () => {
    await start((nth) => (nth === 0 ? null : 204), { webhookTimeoutMs: 50 });
    await create(sim);
    await receiver.until(4);
    await sim.webhookSender.settled();
    expect(sim.webhookSender.deliveries()[0]?.attempts).toMatchObject([{ error: 'no answer in time' }, { status: 204 }]);
  });

  it('delivers events from before the webhook had an address', async () => {
    receiver = await createWebhookReceiver();
    sim = createSimulator({ signingKey: sharedKey, agents: 'manual', retryDelaysMs: Array.from({ length: 1_000 }, () => 5) });
    await sim.listen();
    await create(sim);
    sim.setWebhookUrl(receiver.url);
    await receiver.until(3);
    await sim.webhookSender.settled();
    expect(sim.webhookSender.deliveries().map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
  });

  it('sends the events of a conversation in order', async () => {
    await start(() => 204);
    const id = await create(sim);
    sim.centre.agentAccepts(id);
    const said = Array.from({ length: 30 }, (_, index) => String(index));
    for (const text of said) sim.centre.agentSays(id, text);
    await receiver.until(34);
    const texts = receiver.received.filter(({ event }) => event.eventType === 'MESSAGE').map(({ event }) => event.data?.['text']);
    expect(texts).toEqual(said);
  });

  it('sends timestamps with the configured skew', async () => {
    await start(() => 204, { clock: () => 1_000_000, eventSkewMs: ({ kind }) => (kind === 'queued' ? -250 : 40) });
    await create(sim);
    await receiver.until(3);
    expect(receiver.received.map(({ event }) => event.timestamp)).toEqual([1_000_040, 1_000_040, 999_750]);
  });
});

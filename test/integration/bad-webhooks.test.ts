import { randomUUID } from 'node:crypto';
import { EventsDocument } from '../operations/operations.generated.js';
import { signedHeaders } from '../../src/simulator/webhook-sender/signed-headers.js';
import type { Transmission } from '../../src/simulator/webhook-sender/signed-headers.js';
import { createSigningKey } from '../../src/simulator/webhook-sender/signing-key.js';
import { describeGenerations } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { createConversation } from './followed-conversation.js';

const key = createSigningKey('known');
const UNAUTHORIZED = { status: 401, body: { error: 'unauthorized' } };

let gateway: RunningGateway;
let conversationId: string;
let bodyText: string;

function signed(over: Partial<Transmission> = {}, by = key): Promise<Record<string, string>> {
  const { tenantId, customerId } = gateway.simulator;
  const eventId = randomUUID();
  const body = Buffer.from(bodyText);
  return signedHeaders({ body, tenantId, customerId, eventId, retry: 0, transmissionTime: Date.now(), ...over }, by);
}

async function post(headers: Record<string, string>, body = bodyText): Promise<{ status: number; body: unknown }> {
  const response = await fetch(gateway.addresses.webhookUrl, { method: 'POST', headers, body: Buffer.from(body) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
}

async function storedEvents(): Promise<number> {
  const { conversation } = await gateway.get(EventsDocument, { id: conversationId, first: 100 });
  return conversation?.events.edges.length ?? 0;
}

describeGenerations('bad webhooks', (generation) => {
  beforeAll(async () => {
    gateway = await RunningGateway.start({ generation, simulator: { signingKey: key } });
    conversationId = (await createConversation(gateway)).id;
    await gateway.simulator.webhookSender.settled();
    bodyText = JSON.stringify(generation.agentsWord(conversationId, 'a secret text'));
  });
  afterAll(() => gateway.stop());

  it('rejects requests that are not webhooks', async () => {
    const headers = await signed();
    const half = '{"eventType":';
    expect(await post(await signed({ body: Buffer.from(half) }), half)).toEqual({
      status: 400,
      body: { error: 'the body is not valid JSON' },
    });
    expect(await post(headers, '')).toEqual({ status: 400, body: { error: 'the body is empty' } });
    const wrongType = { ...headers, 'content-type': 'text/plain' };
    expect(await post(wrongType)).toEqual({ status: 415, body: { error: 'the content type must be application/json' } });
    expect(await post(headers, `"${'x'.repeat(1_048_576)}"`)).toEqual({ status: 413, body: { error: 'the body is larger than 1 MiB' } });
    const got = await fetch(gateway.addresses.webhookUrl);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    await got.text();
  });

  it('rejects untrusted webhooks with 401 without a reason; with 503 for a key that may be published later', async () => {
    const before = await storedEvents();
    const headers = await signed();
    for (const name of Object.keys(headers).filter((header) => header.startsWith('x-8x8-'))) {
      const { [name]: _missing, ...rest } = headers;
      expect([name, await post(rest)]).toEqual([name, UNAUTHORIZED]);
    }
    expect(await post(await signed({ tenantId: 'another' }))).toEqual(UNAUTHORIZED);
    expect(await post(await signed({ customerId: 'another' }))).toEqual(UNAUTHORIZED);
    expect(await post(await signed({ transmissionTime: Date.now() - 600_000 }))).toEqual(UNAUTHORIZED);
    expect(await post(await signed({ transmissionTime: Date.now() + 600_000 }))).toEqual(UNAUTHORIZED);
    expect(await post({ ...headers, 'x-8x8-retry': '1' })).toEqual(UNAUTHORIZED);
    expect(await post(headers, bodyText.replace('secret', 'forged'))).toEqual(UNAUTHORIZED);
    expect(await post(await signed({}, createSigningKey('known')))).toEqual(UNAUTHORIZED);
    expect(await post(await signed({}, createSigningKey('unknown')))).toEqual({ status: 503, body: { error: 'unavailable' } });
    expect(await storedEvents()).toBe(before);
  });

  it('accepts an event once, and its id for no other conversation', async () => {
    const before = await storedEvents();
    const eventId = randomUUID();
    expect(await post(await signed({ eventId }))).toEqual({ status: 204, body: null });
    expect(await post(await signed({ eventId, retry: 1 }))).toEqual({ status: 204, body: null });
    const elsewhere = bodyText.replace(conversationId, 'elsewhere');
    expect(await post(await signed({ eventId, body: Buffer.from(elsewhere) }), elsewhere)).toEqual(UNAUTHORIZED);
    expect(await storedEvents()).toBe(before + 1);
  });

  it('accepts every correctly signed event, whatever it contains', async () => {
    const bodies: unknown[] = [
      {},
      [],
      null,
      3,
      'text',
      { eventType: 'MESSAGE' },
      { eventType: 'MESSAGE', conversationId, timestamp: 'never', data: { sender: 7, text: {}, cards: 'none', attachments: [null] } },
      { eventType: 'MEMBERS_CHANGED', conversationId, timestamp: -1, data: { memberType: 'robot', change: 'joined', id: {} } },
      {
        eventType: 'CONVERSATION_UPDATE',
        conversationId,
        timestamp: 1e300,
        data: { state: 'sleeping', assignment: { type: 'committee' } },
      },
      { eventType: 'ACTIVITY', conversationId, timestamp: 0, data: { name: 'read-receipts', value: [{ timestamp: 'x', users: 3 }] } },
      { eventType: 'SOMETHING_NEW', conversationId, timestamp: Date.now(), data: { constructor: null, hasOwnProperty: 1 } },
      { eventType: 'QUEUED', conversationId, timestamp: Date.now(), data: null },
      { eventType: 'TEXT', conversationId, timestamp: 'never', message: { a: 1 }, agentId: [], agentName: 7 },
      { eventType: 'AGENT_JOINED', messageType: 'NOBODY', conversationId, timestamp: -1, agentId: {} },
      { eventType: 'TRANSFER', conversationId, timestamp: 1e300 },
    ];
    for (const value of bodies) {
      const text = JSON.stringify(value);
      expect([text, await post(await signed({ body: Buffer.from(text) }), text)]).toEqual([text, { status: 204, body: null }]);
    }
    const { conversation } = await gateway.get(EventsDocument, { id: conversationId, last: 10 });
    expect(conversation?.events.edges.map(({ node }) => node.type)).toContain('UNRECOGNIZED');
  });

  it('logs each request in one line', async () => {
    const linesOf = (requestId: string) =>
      gateway.log.lines.filter(({ fields }) => (fields as { requestId?: string }).requestId === requestId);
    const headers = await signed();
    await post({ ...headers, 'x-request-id': 'taken' });
    await post({ ...headers, 'x-request-id': 'refused', 'x-8x8-retry': '1' });
    await post({ ...headers, 'x-request-id': 'no-webhook', 'content-type': 'text/plain' });
    await untilTrue(() => linesOf('no-webhook').length > 0);
    const durationMs = expect.any(Number) as unknown;
    const eventId = headers['x-8x8-event-id'];
    expect(linesOf('taken')).toMatchObject([
      { message: 'webhook accepted', fields: { outcome: 'stored', eventId, conversationId, durationMs } },
    ]);
    expect(linesOf('refused')).toMatchObject([{ message: 'webhook rejected', fields: { reason: 'signature-wrong', eventId, durationMs } }]);
    expect(linesOf('no-webhook')).toMatchObject([{ message: 'request', fields: { status: 415, path: '/webhooks/8x8', durationMs } }]);
  });

  it("reports a contact centre's clock that is off once for all its webhooks, as what it is, and in a metric", async () => {
    const before = gateway.log.lines.length;
    await post(await signed());
    for (let n = 0; n < 5; n += 1) {
      const headers = await signed({ transmissionTime: Date.now() - 700_000 });
      expect(await post({ ...headers, 'x-request-id': `skewed-${n}` })).toEqual(UNAUTHORIZED);
    }
    const metrics = await (await fetch(new URL('/metrics', gateway.addresses.url))).text();
    expect(Number(/^gateway_webhook_clock_difference_seconds (.*)$/m.exec(metrics)?.[1])).toBeCloseTo(700, -1);
    const lines = gateway.log.lines.slice(before);
    const about = lines.filter(({ message }) => message.includes('clock skew'));
    // Those of an earlier test may have been less than a minute ago.
    expect(about.length).toBeLessThanOrEqual(1);
    expect(JSON.stringify(lines)).not.toContain('skewed-');
    expect(gateway.log.lines.filter(({ message }) => message.includes('clock skew'))).toHaveLength(1);
  });

  it('logs no text, no signature and no key', async () => {
    const headers = await signed();
    await post(headers);
    const lines = JSON.stringify(gateway.log.lines);
    expect(lines).toContain('webhook accepted');
    expect(lines).toContain('foreign-tenant');
    expect(lines).not.toContain('secret text');
    expect(lines).not.toContain(headers['x-8x8-signature']);
    expect(lines).not.toMatch(/eyJ[\w-]+\.\./);
    expect(lines).not.toContain(gateway.simulator.apiKey);
    expect(gateway.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

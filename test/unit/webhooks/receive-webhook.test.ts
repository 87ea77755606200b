import { LogUnavailableError } from '../../../src/events/port/errors.js';
import type { Appended } from '../../../src/events/port/stored-event.js';
import { parseEvent } from '../../../src/webhooks/parse-event.js';
import type { WebhookOptions } from '../../../src/webhooks/receive-webhook.js';
import { receiveWebhook } from '../../../src/webhooks/receive-webhook.js';
import { FakeEventLog } from './fake-event-log.js';
import { CUSTOMER, SENT_AT, TENANT, newSigningKey, signWebhook } from './sign-webhook.js';
import type { Signing } from './sign-webhook.js';
import { testWebhookFormat } from './test-webhook-format.js';

const key = newSigningKey('key-a');
const UNAUTHORIZED = { status: 401, body: { error: 'unauthorized' } };
const TEXT =
  '{"eventType":"TEXT","messageType":"AGENT","conversationId":"c1","timestamp":1767225599000,"agentId":"a1","agentName":"Ana","message":"a secret"}';

function setUp(overrides: Partial<WebhookOptions> = {}) {
  const log = new FakeEventLog();
  const lines: { level: string; fields: Readonly<Record<string, unknown>>; message: string }[] = [];
  const deps: WebhookOptions = {
    log,
    format: testWebhookFormat((kid) => Promise.resolve(kid === key.kid ? key.jwk : null)),
    tenantId: TENANT,
    customerId: CUSTOMER,
    maxAgeMs: 300_000,
    clock: () => SENT_AT + 1_000,
    logger: {
      info: (fields, message) => lines.push({ level: 'info', fields, message }),
      warn: (fields, message) => lines.push({ level: 'warn', fields, message }),
    },
    ...overrides,
  };
  const post = (body: string | Buffer, signing?: Signing, headers: Record<string, string> = {}) =>
    receiveWebhook({ headers: { ...signWebhook(body, key, signing), ...headers }, rawBody: Buffer.from(body) }, deps);
  return { log, lines, deps, post };
}

describe('receiveWebhook', () => {
  it('stores a signed event and answers 204', async () => {
    const { log, lines, post } = setUp();
    const answer = await post(TEXT);
    expect(answer).toMatchObject({ status: 204, outcome: { kind: 'stored' } });
    expect(answer.body).toBeUndefined();
    expect(log.stored).toMatchObject([
      {
        id: 'e-1',
        conversationId: 'c1',
        type: 'MESSAGE_ADDED',
        occurredAt: new Date(1767225599000),
        receivedAt: new Date(SENT_AT + 1_000),
      },
    ]);
    expect(lines).toEqual([
      {
        level: 'info',
        fields: { outcome: 'stored', eventId: 'e-1', type: 'MESSAGE_ADDED', conversationId: 'c1' },
        message: 'webhook accepted',
      },
    ]);
  });

  it('acknowledges a retried event, and stores it once', async () => {
    const { log, post } = setUp();
    await post(TEXT);
    expect(await post(TEXT, { retry: '1', transmissionTime: String(SENT_AT + 5_000) })).toMatchObject({
      status: 204,
      outcome: { kind: 'duplicate' },
    });
    expect(log.stored).toHaveLength(1);
  });

  it('publishes typing and does not store it', async () => {
    const { log, post } = setUp();
    const typing = '{"eventType":"ACTIVITY","conversationId":"c1","timestamp":1,"data":{"name":"typing","value":{"users":[]}}}';
    expect(await post(typing)).toMatchObject({ status: 204, outcome: { kind: 'published' } });
    expect(log.stored).toEqual([]);
    expect(log.published).toMatchObject([{ type: 'TYPING_CHANGED', conversationId: 'c1' }]);
  });

  it.each(['[1]', '"hello"', 'null', '17', '{"eventType":"SURVEY"}'])('stores %s as unrecognized', async (body) => {
    const { log, post } = setUp();
    expect(await post(body)).toMatchObject({ status: 204 });
    expect(log.stored).toMatchObject([{ type: 'UNRECOGNIZED', data: { payload: JSON.parse(body) as unknown } }]);
  });

  it('answers an empty body with 400, signed or not', async () => {
    const { deps, post } = setUp();
    const refused = { status: 400, body: { error: 'the body is empty' } };
    expect(await receiveWebhook({ headers: {}, rawBody: Buffer.alloc(0) }, deps)).toMatchObject(refused);
    expect(await post('')).toMatchObject(refused);
  });

  it.each(['{"eventType":', '  ', '['.repeat(100_000)])(
    'reads JSON after headers and signature: 400 where they are right, else 401, for what is no JSON (%#)',
    async (body) => {
      const { deps, post } = setUp();
      expect(await receiveWebhook({ headers: {}, rawBody: Buffer.from(body) }, deps)).toMatchObject(UNAUTHORIZED);
      expect(await post(body, {}, { 'x-8x8-event-id': 'e-2' })).toMatchObject(UNAUTHORIZED);
      expect(await post(body)).toMatchObject({ status: 400, body: { error: 'the body is not valid JSON' } });
    },
  );

  it('stores a text that was damaged on its way', async () => {
    const { log, post } = setUp();
    const body = Buffer.concat([
      Buffer.from('{"eventType":"TEXT","conversationId":"c1","agentId":"a1","message":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    expect(await post(body)).toMatchObject({ status: 204 });
    expect(log.stored).toMatchObject([{ data: { message: { text: '\ufffd' } } }]);
  });

  it('acknowledges an endpoint verification without a signature and stores nothing', async () => {
    const { log, deps } = setUp();
    const rawBody = Buffer.from('{"eventType":"WEB_HOOK_VERIFY","notificationVersion":"Chat Gateway v1.0"}');
    expect(await receiveWebhook({ headers: {}, rawBody }, deps)).toMatchObject({ status: 204, outcome: { kind: 'endpoint-verified' } });
    expect(log.stored).toEqual([]);
  });

  it('acknowledges a long endpoint verification only with a signature', async () => {
    const { log, deps, post } = setUp();
    const body = JSON.stringify({ eventType: 'WEB_HOOK_VERIFY', notificationVersion: 'x'.repeat(512) });
    expect(await receiveWebhook({ headers: {}, rawBody: Buffer.from(body) }, deps)).toMatchObject(UNAUTHORIZED);
    expect(await post(body)).toMatchObject({ status: 204, outcome: { kind: 'endpoint-verified' } });
    expect(log.stored).toEqual([]);
  });

  it.each<[string, Signing, Record<string, string>, string]>([
    ['a missing signature', {}, { 'x-8x8-signature': '' }, 'header-missing'],
    ['a malformed signature', {}, { 'x-8x8-signature': 'x' }, 'signature-malformed'],
    ['another event id than was signed', {}, { 'x-8x8-event-id': 'e-2' }, 'signature-wrong'],
    ['an age beyond the limit', { transmissionTime: String(SENT_AT - 300_000) }, {}, 'sent-too-long-ago'],
    ['a time ahead of the limit', { transmissionTime: String(SENT_AT + 302_000) }, {}, 'sent-in-the-future'],
    ['a foreign tenant', { tenantId: 'other' }, {}, 'foreign-tenant'],
    ['a foreign customer', { customerId: 'other' }, {}, 'foreign-customer'],
  ])('rejects %s and names the reason in the log only', async (_name, signing, headers, reason) => {
    const { log, lines, post } = setUp();
    const answer = await post(TEXT, signing, headers);
    expect(answer).toMatchObject({ ...UNAUTHORIZED, outcome: { kind: 'refused', reason } });
    expect(log.stored).toEqual([]);
    expect(lines).toMatchObject([{ level: 'warn', fields: { outcome: 'refused', reason } }]);
  });

  it('rejects an event id that is in use for another conversation', async () => {
    const { log, post } = setUp();
    await post(TEXT);
    const answer = await post(TEXT.replace('"c1"', '"c2"'));
    expect(answer).toMatchObject({ ...UNAUTHORIZED, outcome: { kind: 'refused', reason: 'event-id-reused' } });
    expect(log.stored).toHaveLength(1);
  });

  it.each<[string, Error]>([
    ['is unavailable', new LogUnavailableError('disk full')],
    ['fails otherwise', new RangeError('a secret')],
  ])('answers 503 when the log %s', async (_name, failure) => {
    const { log, lines, post } = setUp();
    log.failure = failure;
    const answer = await post(TEXT);
    expect(answer).toMatchObject({ status: 503, body: { error: 'unavailable' }, headers: { 'retry-after': '5' } });
    expect(answer.outcome).toMatchObject({ kind: 'unavailable', reason: 'event-log' });
    expect(lines).toMatchObject([{ level: 'warn', fields: { eventId: 'e-1', cause: failure.name } }]);
  });

  it('answers 503 while the key cannot be fetched, and accepts the event afterwards', async () => {
    let isDown = true;
    const fetchJwk = () => (isDown ? Promise.reject(new Error('down')) : Promise.resolve(key.jwk));
    const { log, post } = setUp({ format: testWebhookFormat(fetchJwk) });
    expect(await post(TEXT)).toMatchObject({ status: 503, headers: { 'retry-after': '5' }, outcome: { reason: 'signing-keys' } });
    expect(log.stored).toEqual([]);
    isDown = false;
    expect(await post(TEXT)).toMatchObject({ status: 204 });
  });

  it('answers only once the event is durable', async () => {
    const order: string[] = [];
    let answered: Promise<unknown> = Promise.resolve();
    let makeDurable: (appended: Appended) => void = () => undefined;
    const appending = new Promise<void>((begun) => {
      const append = () => {
        begun();
        return new Promise<Appended>((resolve) => (makeDurable = resolve));
      };
      const { post } = setUp({ log: { append, publish: () => undefined }, onAppended: () => order.push('announced') });
      answered = post(TEXT).then(() => order.push('answered'));
    });
    await appending;
    order.push('durable');
    makeDurable({
      event: parseEvent(JSON.parse(TEXT), { eventId: 'e-1', receivedAt: new Date(0) }, testWebhookFormat()),
      cursor: '1',
      identity: null,
      duplicate: false,
    });
    await answered;
    expect(order).toEqual(['durable', 'announced', 'answered']);
  });

  it('acknowledges a stored event even if the post-append hook fails', async () => {
    const { lines, post } = setUp({
      onAppended: () => {
        throw new Error('not our day');
      },
    });
    expect(await post(TEXT)).toMatchObject({ status: 204 });
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'info']);
  });

  it('calls the post-append hook for duplicates too', async () => {
    const announced: boolean[] = [];
    const { post } = setUp({ onAppended: ({ duplicate }) => announced.push(duplicate) });
    await post(TEXT);
    await post(TEXT);
    expect(announced).toEqual([false, true]);
  });

  it('logs neither texts nor signatures', async () => {
    const { lines, post, log } = setUp();
    await post(TEXT);
    await post(TEXT, { tenantId: 'other' });
    log.failure = new Error('a secret');
    const signature = signWebhook(TEXT, key)['x-8x8-signature'] ?? '';
    await post(TEXT);
    expect(lines).toHaveLength(3);
    expect(JSON.stringify(lines)).not.toContain('a secret');
    expect(JSON.stringify(lines)).not.toContain(signature.slice(-40));
  });
});

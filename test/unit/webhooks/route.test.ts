import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';
import { webhookRoute } from '../../../src/webhooks/route.js';
import { FakeEventLog } from './fake-event-log.js';
import { CUSTOMER, SENT_AT, TENANT, newSigningKey, signWebhook } from './sign-webhook.js';
import { testWebhookFormat } from './test-webhook-format.js';

const URL_PATH = '/webhooks/8x8';
const LIMIT = 1_048_576;
const key = newSigningKey('key-a');
const BODY = '{"eventType":"TRANSFER","conversationId":"c1","timestamp":1}';

const LIMITS = { requests: 4, bytes: 3 * LIMIT };

describe('the webhook route', () => {
  let app: FastifyInstance;
  let log: FakeEventLog;
  let outcomes: string[];
  const onOutcome = ({ kind }: { readonly kind: string }) => outcomes.push(kind);

  beforeEach(() => {
    log = new FakeEventLog();
    outcomes = [];
    app = fastify();
    const clock = () => SENT_AT;
    app.register(webhookRoute, {
      path: URL_PATH,
      log,
      format: testWebhookFormat(() => Promise.resolve(key.jwk)),
      clock,
      tenantId: TENANT,
      customerId: CUSTOMER,
      maxAgeMs: 0,
      limits: LIMITS,
      onOutcome,
    });
    app.post('/elsewhere', (request) => ({ parsed: request.body }));
  });
  afterEach(() => app.close());

  const post = (body: string | Buffer | Readable, headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: URL_PATH, headers, payload: body });

  it.each(['application/json', 'application/json; charset=utf-8', 'application/json;charset=ISO-8859-1', 'Application/JSON ; x="y"'])(
    'takes an event of type %s',
    async (type) => {
      const response = await post(BODY, { ...signWebhook(BODY, key), 'content-type': type });
      expect([response.statusCode, response.body]).toEqual([204, '']);
      expect(log.stored).toHaveLength(1);
    },
  );

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)('answers %s with 405, whatever comes with it', async (method) => {
    const payload = method === 'PUT' ? { payload: Buffer.alloc(LIMIT + 1), headers: { 'content-type': 'text/plain' } } : {};
    const response = await app.inject({ method, url: URL_PATH, ...payload });
    expect([response.statusCode, response.headers['allow']]).toEqual([405, 'POST']);
    if (method !== 'HEAD') expect(response.json()).toEqual({ error: 'only POST is allowed' });
  });

  it.each<[string, string | undefined]>([
    ['text/plain', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['JSON of another kind', 'application/problem+json'],
    ['a longer name', 'application/jsonp'],
    ['nonsense', 'json'],
    ['no type', undefined],
  ])('answers %s with 415', async (_name, type) => {
    const { 'content-type': _dropped, ...signed } = signWebhook(BODY, key);
    const response = await post(Buffer.from(BODY), type === undefined ? signed : { ...signed, 'content-type': type });
    expect([response.statusCode, response.json()]).toEqual([415, { error: 'the content type must be application/json' }]);
    expect(log.stored).toEqual([]);
  });

  it.each(['application/json', 'text/plain'])('answers a body over 1 MiB with 413 before it looks at the type %s', async (type) => {
    const tooLarge = { statusCode: 413, body: '{"error":"the body is larger than 1 MiB"}' };
    expect(await post(Buffer.alloc(LIMIT + 1, 32), { 'content-type': type })).toMatchObject(tooLarge);
    expect(await post(Readable.from([Buffer.alloc(LIMIT, 32), Buffer.alloc(1)]), { 'content-type': type })).toMatchObject(tooLarge);
  });

  it('accepts a body of exactly 1 MiB', async () => {
    const large = BODY.slice(0, -1) + ' '.repeat(LIMIT - BODY.length) + '}';
    expect((await post(large, signWebhook(large, key))).statusCode).toBe(204);
  });

  it.each<[string, string | undefined, string]>([
    ['an empty body', '', 'the body is empty'],
    ['no body', undefined, 'the body is empty'],
    ['broken JSON', '{', 'the body is not valid JSON'],
  ])('answers %s with 400', async (_name, payload, error) => {
    const headers = signWebhook(payload ?? '', key);
    const response = await app.inject({ method: 'POST', url: URL_PATH, headers, ...(payload === undefined ? {} : { payload }) });
    expect([response.statusCode, response.json()]).toEqual([400, { error }]);
  });

  it('answers no type and no body with 415', async () => {
    expect((await app.inject({ method: 'POST', url: URL_PATH })).statusCode).toBe(415);
  });

  it('reads a key __proto__ as an ordinary key', async () => {
    const body = '{"__proto__":{"a":1},"constructor":{"prototype":{"b":1}},"eventType":"X","conversationId":"c1"}';
    expect((await post(body, signWebhook(body, key))).statusCode).toBe(204);
  });

  it('answers when to retry while the log is unavailable', async () => {
    log.failure = new Error('disk full');
    const response = await post(BODY, signWebhook(BODY, key));
    expect([response.statusCode, response.headers['retry-after'], response.json()]).toEqual([503, '5', { error: 'unavailable' }]);
  });

  describe('in a flood', () => {
    /** Appends wait until they are let go. */
    function holdAppends(): () => void {
      let letGo: () => void = () => undefined;
      const gone = new Promise<void>((resolve) => (letGo = resolve));
      const append = log.append.bind(log);
      log.append = async (event) => {
        await gone;
        return append(event);
      };
      return letGo;
    }
    const event = (n: number) => `{"eventType":"TRANSFER","conversationId":"c${n}","timestamp":1}`;
    // Sent immediately, not when it is awaited.
    const send = async (n: number) => await post(event(n), signWebhook(event(n), key, { eventId: `e${n}` }));
    const sendUnmeasured = async (n: number) =>
      await post(Readable.from([Buffer.from(event(n))]), signWebhook(event(n), key, { eventId: `e${n}` }));

    it('rejects what is too much, answers when to retry, and accepts it then', async () => {
      const letGo = holdAppends();
      const all = Array.from({ length: 7 }, (_, n) => send(n));
      const turnedAway = await Promise.all(all.slice(4));
      for (const response of turnedAway) {
        expect([response.statusCode, response.headers['retry-after'], response.json()]).toEqual([503, '1', { error: 'overloaded' }]);
      }
      letGo();
      expect((await Promise.all(all.slice(0, 4))).map(({ statusCode }) => statusCode)).toEqual([204, 204, 204, 204]);
      expect((await Promise.all([4, 5, 6].map(send))).map(({ statusCode }) => statusCode)).toEqual([204, 204, 204]);
      expect(log.stored).toHaveLength(7);
      expect(outcomes.filter((kind) => kind === 'overloaded')).toHaveLength(3);
    });

    it('counts bodies by their size, and those of no known size as the largest', async () => {
      const letGo = holdAppends();
      const streams = [0, 1, 2].map(sendUnmeasured);
      expect((await send(3)).statusCode).toBe(503);
      letGo();
      expect((await Promise.all(streams)).map(({ statusCode }) => statusCode)).toEqual([204, 204, 204]);
      expect((await send(3)).statusCode).toBe(204);
    });
  });

  it('leaves the parsers of other routes alone', async () => {
    const response = await app.inject({ method: 'POST', url: '/elsewhere', payload: { a: 1 } });
    expect(response.json()).toEqual({ parsed: { a: 1 } });
  });
});

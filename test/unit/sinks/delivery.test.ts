import { Webhook } from 'standardwebhooks';
import { LogUnavailableError } from '../../../src/events/port/errors.js';
import { LocalPresence } from '../../../src/events/port/customer-presence.js';
import { createDeliver } from '../../../src/sinks/deliver.js';
import type { DeliverOptions } from '../../../src/sinks/deliver.js';
import { ReceiverHealth } from '../../../src/sinks/receiver-health.js';
import { RETRY_LIMITS, isAbandonable, nextDelayMs, retryDelayMs } from '../../../src/sinks/retry-delays.js';
import { parseSinks } from '../../../src/sinks/settings.js';
import { signedHeaders, webhookId } from '../../../src/sinks/signature.js';
import { queued } from '../../contract/event-log/sample-events.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const stored = { event: queued('e1'), cursor: '1', identity: null };

describe('a delivery', () => {
  const deliver = (options: Partial<DeliverOptions> = {}, settings: object = {}) => {
    const sent: string[] = [];
    const [sink] = parseSinks(JSON.stringify([{ name: 's', url: 'https://x.example', secret: SECRET, ...settings }]), () => undefined);
    if (sink === undefined) throw new Error('no sink');
    const attempt = createDeliver({
      sink,
      client: {
        post: (body) => {
          sent.push(body);
          return Promise.resolve({ status: 204, failure: null, retryAfterMs: null });
        },
      },
      toData: () => Promise.resolve({ data: { id: 'e1' }, incomplete: false }),
      isInChannels: null,
      presence: { isPresent: () => false },
      source: () => 'urn:x',
      userAgent: 'x',
      clock: () => 0,
      ...options,
    });
    return { attempt, sent };
  };

  it('waits for what could not be read of an event, and then goes without it', async () => {
    const { attempt, sent } = deliver({ toData: () => Promise.resolve({ data: { id: 'e1', x: null }, incomplete: true }) });
    expect(await attempt(stored, 1)).toMatchObject({ kind: 'failed', by: 'gateway', failure: { kind: 'contact-centre' } });
    expect(await attempt(stored, 4)).toEqual({ kind: 'delivered' });
    expect(JSON.parse(sent[0] ?? '')).toMatchObject({ incomplete: true, data: { id: 'e1', x: null } });
  });

  it('fails, and is tried again, if the channel or the data cannot be read', async () => {
    const outage = () => Promise.reject(new Error('outage'));
    expect(await deliver({ isInChannels: outage }).attempt(stored, 1)).toMatchObject({ kind: 'failed', by: 'gateway', isOutage: false });
    const unavailable = () => Promise.reject(new LogUnavailableError('down'));
    expect(await deliver({ isInChannels: unavailable }).attempt(stored, 1)).toMatchObject({
      kind: 'failed',
      by: 'gateway',
      isOutage: true,
      failure: { kind: 'event-log', reason: 'event log unavailable' },
    });
    expect(await deliver({ toData: () => Promise.resolve(null) }).attempt(stored, 9)).toMatchObject({
      kind: 'failed',
      failure: { kind: 'document' },
    });
  });

  it('is only made while the customer is away, if the sink is for that', async () => {
    const presence = new LocalPresence();
    const { attempt, sent } = deliver({ presence }, { when: 'ABSENT' });
    const [leaveOne, leaveOther] = [presence.enter('c1'), presence.enter('c1')];
    expect(await attempt(stored, 1)).toEqual({ kind: 'skipped' });
    leaveOne();
    leaveOne();
    expect(await attempt(stored, 1)).toEqual({ kind: 'skipped' });
    leaveOther();
    expect(await attempt(stored, 1)).toEqual({ kind: 'delivered' });
    expect(sent).toHaveLength(1);
  });
});

describe('a signature', () => {
  it('is verified by the receiver, by either secret', () => {
    const other = Buffer.alloc(32, 8);
    const headers = signedHeaders('e1', '{"a":"ü"}', [other, Buffer.alloc(32, 7)], Date.now());
    for (const key of [other, Buffer.alloc(32, 7)])
      expect(new Webhook(`whsec_${key.toString('base64')}`).verify('{"a":"ü"}', { ...headers })).toEqual({ a: 'ü' });
    expect(() => new Webhook(SECRET).verify('{"a":"u"}', { ...headers })).toThrow();
  });

  it('has an id that a header can hold', () => {
    expect(webhookId('a-b.c')).toBe('a-b.c');
    for (const id of ['a b', 'ü', 'a\r\nx: y', '', 'x'.repeat(257)]) expect(webhookId(id)).toMatch(/^sha256-[\w-]{43}$/);
  });
});

describe('retries', () => {
  it('are delayed twice as long each time, by half of that at least, and up to a minute', () => {
    const delays = [1, 2, 3, 7, 50].map((attempt) => [0, 1].map((random) => retryDelayMs(attempt, RETRY_LIMITS, () => random)));
    expect(delays).toEqual([
      [500, 1_000],
      [1_000, 2_000],
      [2_000, 4_000],
      [30_000, 60_000],
      [30_000, 60_000],
    ]);
  });

  it('end after as many rejections as are allowed, or a day', () => {
    const day = 86_400_000;
    expect(isAbandonable({ rejections: 7, firstAt: 0 }, day - 1, RETRY_LIMITS)).toBe(false);
    expect(isAbandonable({ rejections: 8, firstAt: 0 }, 1, RETRY_LIMITS)).toBe(true);
    expect(isAbandonable({ rejections: 0, firstAt: 0 }, day, RETRY_LIMITS)).toBe(true);
  });

  it('are delayed as long as the receiver asks for, at least as usual and an hour at most', () => {
    const delays = [null, 0, 5_000, 86_400_000].map((asked) => nextDelayMs(1, asked, RETRY_LIMITS, () => 0));
    expect(delays).toEqual([500, 500, 5_000, 3_600_000]);
    const health = new ReceiverHealth({ limits: RETRY_LIMITS, clock: () => 0, random: () => 0, onReady: () => undefined });
    for (let failure = 1; failure <= 10; failure += 1) health.failed(0);
    // Down, and not due yet, although it asks for no delay.
    expect(health.limit(64)).toBe(0);
    health.close();
  });

  it('are few while the receiver is down, and none while it asks to wait', () => {
    let now = 1;
    const health = new ReceiverHealth({ limits: RETRY_LIMITS, clock: () => now, random: () => 1, onReady: () => undefined });
    expect(health.limit(64)).toBe(64);
    health.failed(60_000);
    expect(health.limit(64)).toBe(0);
    now += 60_000;
    for (let failure = 0; failure < 9; failure += 1) health.failed(null);
    expect(health.limit(64)).toBe(0);
    now += 10_000;
    expect(health.limit(64)).toBe(1);
    health.accepted();
    expect(health.limit(64)).toBe(64);
    health.close();
  });
});

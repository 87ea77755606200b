import { simulate } from '../../../src/cli/simulate.js';
import { FAULTS, parseFaults } from '../../../src/simulator/faults/faults.js';
import type { FaultSettings } from '../../../src/simulator/faults/faults.js';
import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { createTimers } from '../../../src/simulator/timers.js';
import { untilTrue } from '../../support/until.js';
import { call, create, say } from './rest-client.js';
import { sharedKey } from './shared-key.js';
import { createWebhookReceiver } from './webhook-receiver.js';
import type { WebhookReceiver } from './webhook-receiver.js';

let sim: Simulator;
let receiver: WebhookReceiver;
/** What is deferred while this is set waits here to be let go. */
let later: { putOff: { readonly ms: number; readonly run: () => void }[] | null };
beforeEach(async () => {
  receiver = await createWebhookReceiver();
  const own: typeof later = { putOff: null };
  later = own;
  const real = createTimers();
  const after = (ms: number, run: () => void) => {
    if (own.putOff === null) return real.after(ms, run);
    own.putOff.push({ ms, run });
    return () => undefined;
  };
  const timers = { ...real, after, close: () => real.close() };
  sim = createSimulator({ timers, signingKey: sharedKey, agents: 'manual', webhookUrl: receiver.url, retryDelaysMs: [5, 5, 5] });
  await sim.listen();
});
afterEach(async () => {
  await sim.close();
  await receiver.close();
});

const setFaults = (body: object) =>
  fetch(`${sim.url}/_sim/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
/** The status of a try to create a conversation, or how its connection broke. */
const outcome = () =>
  call(sim, '/conversations', { body: { channelId: sim.channelId, user: {} } }).then(
    ({ status }) => status,
    () => 'broken',
  );

describe('a call', () => {
  it.each<[FaultSettings, unknown, number]>([
    [{ 'rate-limited': 1 }, 429, 0],
    [{ 'server-error': 1 }, 503, 0],
    [{ reset: 1 }, 'broken', 1],
    [{ 'half-answer': 1 }, 'broken', 1],
    [{ latency: 5 }, 202, 1],
    [{}, 202, 1],
  ])('with %j ends with %s, and %i conversations made', async (faults, expected, made) => {
    sim.faults.set(faults);
    expect(await outcome()).toBe(expected);
    expect(sim.centre.conversations()).toHaveLength(made);
  });

  it('is not carried out where its rejection is interrupted', async () => {
    sim.faults.set({ 'rate-limited': 1, 'half-answer': 1, reset: 1 });
    expect(await Promise.all(Array.from({ length: 8 }, outcome))).toEqual(Array(8).fill('broken'));
    // Whatever went on with them has ended before a call that begins now.
    sim.faults.set({});
    expect(await outcome()).toBe(202);
    expect(sim.centre.conversations()).toHaveLength(1);
  });

  it('is delayed by a random part of the latency', async () => {
    sim.faults.set({ latency: 5_000 });
    later.putOff = [];
    const calls = Array.from({ length: 8 }, outcome);
    await untilTrue(() => later.putOff?.length === calls.length);
    const late = later.putOff;
    later.putOff = null;
    expect(new Set(late.map(({ ms }) => ms)).size).toBeGreaterThan(1);
    for (const { ms } of late) expect(ms >= 0 && ms < 5_000).toBe(true);
    expect(sim.centre.conversations()).toEqual([]);
    for (const { run } of late) run();
    expect(await Promise.all(calls)).toEqual(Array(8).fill(202));
  });

  it('gets Retry-After when it is rate limited', async () => {
    sim.faults.set({ 'rate-limited': 1 });
    const response = await fetch(`${sim.url}/chat-gateway/v1/channels`, { headers: { 'x-api-key': sim.apiKey } });
    expect(response.headers.get('retry-after')).toBe('1');
  });

  it('gets half a response, then a closed connection', async () => {
    sim.faults.set({ 'half-answer': 1 });
    const response = await fetch(`${sim.url}/chat-gateway/v1/channels`, { headers: { 'x-api-key': sim.apiKey } });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('gets no response with silence', async () => {
    sim.faults.set({ silence: 1 });
    const waiting = new AbortController();
    const asked = fetch(`${sim.url}/chat-gateway/v1/channels`, { headers: { 'x-api-key': sim.apiKey }, signal: waiting.signal });
    // The control answers meanwhile, and so does everything once the fault is over.
    await setFaults({});
    expect(await outcome()).toBe(202);
    waiting.abort();
    await expect(asked).rejects.toThrow();
  });

  it('fails at the rate of its share', async () => {
    sim.faults.set({ 'server-error': 0.5 });
    const statuses = await Promise.all(Array.from({ length: 64 }, outcome));
    expect([...new Set(statuses)].sort()).toEqual([202, 503]);
  });
});

describe('an event', () => {
  /** The event ids as they arrived at the webhook. */
  const arrived = () => receiver.received.map(({ headers }) => headers['x-8x8-event-id']);
  const sent = () => sim.webhookSender.deliveries().map(({ eventId }) => eventId);

  it('arrives with the retry when it is lost', async () => {
    sim.faults.set({ 'event-lost': 1 });
    await create(sim);
    await receiver.until(3);
    await sim.webhookSender.settled();
    expect(arrived().toSorted()).toEqual(sent().toSorted());
    expect(receiver.received.map(({ headers }) => headers['x-8x8-retry'])).toEqual(['1', '1', '1']);
  });

  it('arrives twice when it is doubled', async () => {
    sim.faults.set({ 'event-doubled': 1 });
    await create(sim);
    await receiver.until(6);
    await sim.webhookSender.settled();
    expect(arrived().toSorted()).toEqual([...sent(), ...sent()].toSorted());
  });

  /** The texts of messages as they arrived at the webhook. */
  const texts = () => receiver.received.flatMap(({ event: { eventType, data } }) => (eventType === 'MESSAGE' ? [data?.['text']] : []));
  /** A conversation whose events so far have arrived. */
  const quiet = async () => {
    const conversationId = await create(sim);
    await receiver.until(3);
    await sim.webhookSender.settled();
    later.putOff = [];
    return conversationId;
  };

  it('arrives after later ones when it is reordered', async () => {
    const conversationId = await quiet();
    sim.faults.set({ 'event-reordered': 1 });
    await say(sim, conversationId, 'first');
    sim.faults.set({});
    await say(sim, conversationId, 'second');
    await untilTrue(() => texts().length === 1);
    const [aside, ...others] = later.putOff ?? [];
    expect([aside?.ms, others]).toEqual([expect.any(Number), []]);
    aside?.run();
    await sim.webhookSender.settled();
    expect(texts()).toEqual(['second', 'first']);
  });

  it('arrives late when it is delayed, as do later ones', async () => {
    const conversationId = await quiet();
    sim.faults.set({ 'event-delayed': 5_000 });
    await say(sim, conversationId, 'first');
    sim.faults.set({});
    await say(sim, conversationId, 'second');
    const [delayed, ...others] = later.putOff ?? [];
    expect([(delayed?.ms ?? Infinity) < 5_000, others, texts()]).toEqual([true, [], []]);
    delayed?.run();
    await sim.webhookSender.settled();
    expect(texts()).toEqual(['first', 'second']);
  });
});

describe('faults', () => {
  it('are replaced by a call', async () => {
    expect(await (await setFaults({ latency: 7, reset: 0.5 })).json()).toEqual({ faults: { latency: 7, reset: 0.5 } });
    await setFaults({});
    expect(sim.faults.current).toEqual({});
  });

  it.each([{ latency: -1 }, { reset: 1.1 }, { reset: 'often' }, { flood: 1 }])('are rejected if invalid: %j', async (body) => {
    const response = await setFaults(body);
    expect(response.status).toBe(400);
    expect(sim.faults.current).toEqual({});
  });

  it('are parsed from text', () => {
    const text = 'latency=200, event-lost=0.25';
    expect(parseFaults(text)).toEqual({ latency: 200, 'event-lost': 0.25 });
    expect(() => parseFaults('flood=1')).toThrow(`unknown fault flood; expected one of ${Object.keys(FAULTS).join(', ')}`);
    expect(() => parseFaults('reset=2')).toThrow('reset must be a share from 0 to 1');
    expect(() => parseFaults('reset')).toThrow('"reset" is not written as name=number');
  });

  it('are accepted by the command', async () => {
    const lines: string[] = [];
    const output = { out: (text: string) => lines.push(text), err: (text: string) => lines.push(text) };
    const { simulator } = await simulate(['--fault', 'latency=5', '--fault', 'event-doubled=1'], output);
    expect(simulator?.faults.current).toEqual({ latency: 5, 'event-doubled': 1 });
    await simulator?.close();
    expect((await simulate(['--fault', 'flood=1'], output)).exitCode).toBe(2);
    expect(lines.at(-1)).toContain('unknown fault flood');
  });
});

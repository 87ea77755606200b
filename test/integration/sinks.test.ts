import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStores } from '../../src/composition/open-stores.js';
import type { Stores } from '../../src/composition/open-stores.js';
import type { Config } from '../../src/config.js';
import { parseSinks } from '../../src/sinks/settings.js';
import type { SinkTimes } from '../../src/sinks/start-sinks.js';
import { SINK_TIMES } from '../../src/sinks/start-sinks.js';
import { agentJoined, messageAdded } from '../contract/event-log/sample-events.js';
import { CreateConversationDocument } from '../operations/operations.generated.js';
import { RunningGateway } from '../support/running-gateway.js';
import { SinkReceiver, newSecret } from '../support/sink-receiver.js';
import { untilTrue } from '../support/until.js';

/** Minutes as fractions of a second. */
const TIMES: Partial<SinkTimes> = {
  limits: { ...SINK_TIMES.limits, firstDelayMs: 20, maxDelayMs: 200 },
  leases: { ttlMs: 5_000, renewMs: 50, recordMs: 50 },
  attemptTimeoutMs: 2_000,
};

const sinksOf = (list: readonly object[]): NonNullable<Config['sinks']> => {
  const faults: string[] = [];
  const sinks = parseSinks(JSON.stringify(list), (fault) => faults.push(fault));
  expect(faults).toEqual([]);
  return sinks;
};

/** Not older than is retained. */
const recent = (conversationId: string) => ({ conversationId, receivedAt: Date.now(), occurredAt: Date.now() });

describe('sinks of a gateway with an embedded log', () => {
  let directory: string;
  let receiver: SinkReceiver;
  let stores: Stores;
  let gateway: RunningGateway | null = null;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sinks-'));
    receiver = new SinkReceiver();
    await receiver.listen();
  });
  afterEach(async () => {
    await gateway?.stop();
    gateway = null;
    await receiver.close();
    expect(receiver.errors).toEqual([]);
    rmSync(directory, { recursive: true, force: true });
  });

  const sink = (more: object = {}) => ({ name: 'crm', url: receiver.url, secret: receiver.secret, allowPrivate: true, ...more });
  const start = async (...list: readonly object[]): Promise<RunningGateway> => {
    const config = { eventLog: { directory }, eventRetentionMs: 72 * 3_600_000, retryHorizonMs: 24 * 3_600_000 };
    stores = await openStores(config, { clock: Date.now });
    gateway = await RunningGateway.start({ config: { sinks: sinksOf(list) }, overrides: { stores, sinkTimes: TIMES } });
    return gateway;
  };
  const append = async (conversationId: string, ...ids: readonly string[]) => {
    for (const id of ids) await stores.log.append(messageAdded(id, `text of ${id}`, recent(conversationId)));
  };
  const acceptedIds = () => receiver.accepted.map(({ id }) => id);

  it('delivers events as signed CloudEvents', async () => {
    await start(sink());
    await append('c1', 'e1');
    await stores.log.append(agentJoined('e2', recent('c1')));
    await untilTrue(() => acceptedIds().length === 2);
    expect(acceptedIds()).toEqual(['e1', 'e2']);
    const [first, second] = receiver.received;
    expect(first?.headers).toMatchObject({ 'webhook-id': 'e1', 'content-type': 'application/cloudevents+json; charset=utf-8' });
    expect(first?.event).toMatchObject({
      specversion: '1.0',
      source: 'urn:chat-graphql-gateway',
      type: 'chat-graphql-gateway.MESSAGE_ADDED',
      subject: 'c1',
      datacontenttype: 'application/json',
      data: {
        __typename: 'MessageAdded',
        id: 'e1',
        type: 'MESSAGE_ADDED',
        conversationId: 'c1',
        isEcho: false,
        message: { text: 'text of e1', author: { type: 'AGENT', participantId: 'a1' } },
      },
    });
    expect(second?.event.data).toMatchObject({ __typename: 'AgentJoined', agent: { agentId: 'a1' } });
  });

  it('makes of events what the document says, of the types named', async () => {
    const document = 'subscription Mine { event: allConversationEvents { ...Text } } fragment Text on MessageAdded { message { text } }';
    await start(sink({ document, types: ['MESSAGE_ADDED'] }));
    await stores.log.append(agentJoined('e1', recent('c1')));
    await append('c1', 'e2');
    await untilTrue(() => acceptedIds().length === 1);
    expect(receiver.received.map(({ event }) => event.data)).toEqual([{ message: { text: 'text of e2' } }]);
  });

  it('signs by both secrets while one is replaced', async () => {
    const other = newSecret();
    await start(sink({ secret: [other, receiver.secret] }));
    await append('c1', 'e1');
    await untilTrue(() => acceptedIds().length === 1);
    // The receiver knows the second only.
    const signature = receiver.received[0]?.headers['webhook-signature'];
    expect(String(signature).split(' ')).toHaveLength(2);
  });

  it('goes on after a restart where it was, and delivers what was stored meanwhile', async () => {
    const running = await start(sink());
    await append('c1', 'e1');
    await untilTrue(() => acceptedIds().length === 1);
    await running.gateway.close();
    const config = { eventLog: { directory }, eventRetentionMs: 72 * 3_600_000, retryHorizonMs: 24 * 3_600_000 };
    const between = await openStores(config, { clock: Date.now });
    await between.log.append(messageAdded('e2', 'between', recent('c1')));
    await between.log.close();
    await running.simulator.close();
    await start(sink());
    await append('c1', 'e3');
    await untilTrue(() => acceptedIds().length === 3);
    expect(receiver.received.map(({ id }) => id)).toEqual(['e1', 'e2', 'e3']);
  });
  it('keeps the order of each conversation while its events fail, and others go on', async () => {
    let failures = 5;
    receiver.respond = ({ id }) => ({ status: id === 'a1' && (failures -= 1) >= 0 ? 500 : 204 });
    await start(sink());
    await append('a', 'a1', 'a2');
    await append('b', 'b1', 'b2');
    await untilTrue(() => acceptedIds().length === 4);
    expect(receiver.byConversation().get('a')).toEqual(['a1', 'a2']);
    expect(receiver.received.filter(({ id }) => id === 'a1')).toHaveLength(6);
    expect(receiver.repeats).toBe(0);
  });

  it('delivers everything when a receiver that was down is back', async () => {
    await start(sink());
    await append('c0', 'first');
    await untilTrue(() => acceptedIds().length === 1);
    await receiver.close();
    const conversations = Array.from({ length: 20 }, (_, n) => `c${n}`);
    for (const conversation of conversations) await append(conversation, `${conversation}-1`, `${conversation}-2`);
    await untilTrue(async () => (await metric('gateway_sink_deliveries_total{sink="crm",outcome="failed"}')) >= 15);
    expect(await metric('gateway_sink_failures_total{sink="crm",reason="connection"}')).toBeGreaterThanOrEqual(15);
    const lastFailure = { at: expect.any(Date) as Date, reason: 'connection refused' };
    await untilTrue(async () => (await stores.log.sinks.states())[0]?.lastFailure !== null);
    expect(await stores.log.sinks.states()).toMatchObject([{ sink: 'crm', acceptedAt: expect.any(Date) as Date, lastFailure }]);
    const readyz = await (await fetch(new URL('/readyz', gateway?.addresses.url))).json();
    expect(readyz).toMatchObject({
      ready: true,
      sinks: { notes: [expect.stringMatching(/^sink crm is not accepted by its receiver: connection refused at \S+Z$/)] },
    });
    await receiver.listen();
    await untilTrue(() => acceptedIds().length === 41);
    for (const conversation of conversations)
      expect(receiver.byConversation().get(conversation)?.slice(-2)).toEqual([`${conversation}-1`, `${conversation}-2`]);
    expect(receiver.repeats).toBe(0);
    await untilTrue(async () => (await metric('gateway_sink_lag_seconds{sink="crm"}')) === 0);
  });

  it('sends nothing any more of a conversation that was erased while the receiver was down', async () => {
    await start(sink());
    receiver.respond = () => ({ status: 500 });
    await append('c1', 'erased');
    await untilTrue(() => receiver.received.some(({ id }) => id === 'erased'));
    await stores.log.erase('c1');
    receiver.respond = () => ({ status: 204 });
    await untilTrue(async () => (await metric('gateway_sink_deliveries_total{sink="crm",outcome="skipped"}')) === 1);
    await append('c1', 'later');
    await untilTrue(() => acceptedIds().length > 0);
    expect(acceptedIds()).toEqual(['later']);
  });

  it('sends nothing before the time that the receiver asks to wait for', async () => {
    let asked = 0;
    receiver.respond = () => {
      asked += 1;
      return asked === 1 ? { status: 429, headers: { 'retry-after': '1' } } : { status: 204 };
    };
    await start(sink());
    await append('a', 'a1');
    await untilTrue(() => receiver.received.length > 0);
    await append('b', 'b1');
    await untilTrue(() => acceptedIds().length === 2);
    const [refused, ...later] = receiver.received;
    for (const { at } of later) expect(at - (refused?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('makes a dead letter of an event that is rejected while others are accepted, and sends it again when asked to', async () => {
    let isBroken = true;
    receiver.respond = ({ id }) => ({ status: isBroken && id === 'a1' ? 500 : 204 });
    await start(sink());
    await append('a', 'a1', 'a2');
    let sent = 0;
    // Others, without which the receiver might as well be down.
    const others = setInterval(() => void append('b', `b${(sent += 1)}`), 20);
    await untilTrue(() => acceptedIds().includes('a2'));
    clearInterval(others);
    const letters = await stores.log.sinks.deadLetters('crm', 10);
    expect(letters).toMatchObject([{ eventId: 'a1', conversationId: 'a', type: 'MESSAGE_ADDED', reason: 'HTTP 500' }]);
    expect(letters[0]?.attempts).toBeGreaterThan(8);
    expect(await metric('gateway_sink_dead_letters{sink="crm"}')).toBe(1);
    // Again in vain.
    await stores.log.sinks.requestRetry('crm', null);
    await untilTrue(async () => ((await stores.log.sinks.deadLetters('crm', 1))[0]?.attempts ?? 0) > (letters[0]?.attempts ?? 0));
    isBroken = false;
    await stores.log.sinks.requestRetry('crm', 'a1');
    await untilTrue(async () => (await stores.log.sinks.deadLetters('crm', 1)).length === 0);
    expect(acceptedIds()).toContain('a1');
  });

  it('is disabled by 410, also after a restart, and goes on without a loss when it is enabled', async () => {
    receiver.respond = () => ({ status: 410 });
    const running = await start(sink());
    await append('a', 'a1', 'a2');
    await untilTrue(async () => (await metric('gateway_sink_disabled{sink="crm"}')) === 1);
    const readyz = await fetch(new URL('/readyz', running.addresses.url));
    expect(readyz.status).toBe(200);
    expect(await readyz.json()).toMatchObject({ ready: true, sinks: { notes: [expect.stringContaining('crm is disabled')] } });
    await running.gateway.close();
    await running.simulator.close();
    const asked = receiver.received.length;
    await start(sink());
    await untilTrue(async () => (await metric('gateway_sink_disabled{sink="crm"}')) === 1);
    await append('b', 'b1');
    receiver.respond = () => ({ status: 204 });
    expect(receiver.received).toHaveLength(asked);
    expect(await stores.log.sinks.enable('crm')).toBe(true);
    await untilTrue(() => acceptedIds().length === 3);
    expect(receiver.byConversation().get('a')).toEqual(['a1', 'a2']);
  });

  it('follows no redirect', async () => {
    receiver.respond = () => ({ status: 302, headers: { location: 'http://169.254.169.254/' } });
    const running = await start(sink());
    await append('a', 'a1');
    await untilTrue(() => receiver.received.length >= 3);
    expect(running.log.lines.find(({ message }) => message.startsWith('sink delivery failed'))?.fields).toEqual({
      sink: 'crm',
      reason: 'HTTP 302 (redirects are not followed)',
      by: 'receiver',
    });
  });

  it('sends nothing to a private address, also not by a name', async () => {
    const names = ['https://127.0.0.1:1', 'https://localhost:1', 'https://[::ffff:127.0.0.1]:1', 'https://2130706433:1'];
    const running = await start(...names.map((url, index) => ({ name: `s${index}`, url, secret: receiver.secret })));
    await append('a', 'a1');
    const failures = () => running.log.lines.filter(({ message }) => message.startsWith('sink delivery failed'));
    await untilTrue(() => failures().length === names.length);
    for (const { fields } of failures()) expect(fields['reason']).toBe('private address (refused without allowPrivate)');
  });

  it('logs neither the address nor a secret, nor what an event says', async () => {
    receiver.respond = ({ id }) => ({ status: id === 'a1' ? 410 : 204 });
    const running = await start(sink());
    await append('a', 'a1');
    await untilTrue(async () => (await metric('gateway_sink_disabled{sink="crm"}')) === 1);
    const text = JSON.stringify(running.log.lines);
    for (const secret of ['hidden', receiver.secret, 'text of a1', '127.0.0.1:' + new URL(receiver.url).port])
      expect(text).not.toContain(secret);
  });

  it('sends the events of its channels only', async () => {
    const running = await start(
      { name: 'none', url: receiver.url, secret: receiver.secret, allowPrivate: true, channelIds: ['another'] },
      sink(),
    );
    const { createConversation } = await running.get(CreateConversationDocument, {
      input: { channelId: running.simulator.channelId, customer: { name: 'Mia' } },
    });
    const conversationId = createConversation.conversation?.conversationId ?? '';
    await append(conversationId, 'e1');
    await untilTrue(() => acceptedIds().includes('e1'));
    await untilTrue(async () => (await metric('gateway_sink_deliveries_total{sink="none",outcome="skipped"}')) >= 1);
    expect(await metric('gateway_sink_deliveries_total{sink="none",outcome="delivered"}')).toBe(0);
  });

  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(new URL('/metrics', gateway?.addresses.url))).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    return line === undefined ? NaN : Number(line.slice(name.length + 1));
  };
});

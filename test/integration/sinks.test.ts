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
    stores = await openStores(config as Config, { clock: Date.now });
    gateway = await RunningGateway.start({ config: { sinks: sinksOf(list) }, overrides: { stores, sinkTimes: TIMES } });
    return gateway;
  };
  const append = async (conversationId: string, ...ids: readonly string[]) => {
    const at = { conversationId, receivedAt: Date.now(), occurredAt: Date.now() };
    for (const id of ids) await stores.log.append(messageAdded(id, `text of ${id}`, at));
  };
  const acceptedIds = () => receiver.accepted.map(({ id }) => id);

  it('delivers events as signed CloudEvents', async () => {
    await start(sink());
    await append('c1', 'e1');
    await stores.log.append(agentJoined('e2', { conversationId: 'c1' }));
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
    await stores.log.append(agentJoined('e1'));
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
    const between = await openStores(config as Config, { clock: Date.now });
    await between.log.append(messageAdded('e2', 'between', { conversationId: 'c1' }));
    await between.log.close();
    await running.simulator.close();
    await start(sink());
    await append('c1', 'e3');
    await untilTrue(() => acceptedIds().length === 3);
    expect(receiver.received.map(({ id }) => id)).toEqual(['e1', 'e2', 'e3']);
  });
});

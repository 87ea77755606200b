import { once } from 'node:events';
import { print } from 'graphql';
import { MessageAddedDocument } from '../operations/operations.generated.js';
import type { MessageAddedSubscription } from '../operations/operations.generated.js';
import { eventBodiesOf, requestEventStream } from '../support/event-stream-results.js';
import { partsOf, requestMultipart } from '../support/multipart-results.js';
import { patiently } from '../support/patience.js';
import { RunningGateway, SETTINGS } from '../support/running-gateway.js';
import type { Transport } from '../support/running-gateway.js';
import { CREATED, FollowedConversation } from './followed-conversation.js';
import { connectRaw } from './raw-socket.js';

const TEXT = 'x'.repeat(131_072);

let gateway: RunningGateway;
let swift: FollowedConversation;

const slowLines = () => gateway.log.lines.filter(({ message }) => message === 'slow consumer closed');

type Received = Pick<MessageAddedSubscription['messageAdded'], 'id' | 'cursor'>;

/** A client that has subscribed, heard one message, and stopped reading. */
interface Stalled {
  readonly received: Received[];
  /** Reads on, to the end; resolves with the reason that was given for it. */
  readOn(): Promise<unknown>;
}

const STALL: Readonly<Record<Transport, (variables: { id: string; after: string | null }) => Promise<Stalled>>> = {
  async WebSocket(variables) {
    const socket = await connectRaw(gateway.addresses.wsUrl);
    const received: Received[] = [];
    socket.on('message', (data: Buffer) => {
      const { payload } = JSON.parse(data.toString()) as { payload: { data: MessageAddedSubscription } };
      received.push(payload.data.messageAdded);
    });
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: print(MessageAddedDocument), variables } }));
    gateway.simulator.centre.agentSays(swift.id, 'first');
    await once(socket, 'message');
    socket.pause();
    return {
      received,
      async readOn() {
        const closed = once(socket, 'close');
        socket.resume();
        return (await closed)[0] as unknown;
      },
    };
  },
  multipart: (variables) => stallOverHttp(variables, requestMultipart, partsOf),
  'event stream': (variables) => stallOverHttp(variables, requestEventStream, eventBodiesOf),
};

async function stallOverHttp(
  variables: { id: string; after: string | null },
  request: typeof requestMultipart,
  read: typeof partsOf<MessageAddedSubscription>,
): Promise<Stalled> {
  const parts = read(await request(gateway.addresses.graphqlUrl, { query: print(MessageAddedDocument), variables }));
  const received: Received[] = [];
  /** Up to a message, or to the reason of the end. */
  const next = async (): Promise<unknown> => {
    for (;;) {
      const part = await parts.next();
      if (part.done === true) return 'over without a reason';
      if (part.value.errors !== undefined) return part.value.errors[0]?.extensions?.['code'];
      const message = part.value.payload?.data?.messageAdded;
      if (message === undefined) continue;
      received.push(message);
      return null;
    }
  };
  gateway.simulator.centre.agentSays(swift.id, 'first');
  await next();
  return {
    received,
    async readOn() {
      for (;;) {
        const reason = await next().catch(() => 'cut off');
        if (reason !== null) return reason;
      }
    },
  };
}

const TOO_SLOW: Readonly<Record<Transport, unknown>> = {
  WebSocket: 1013,
  multipart: 'SLOW_CONSUMER',
  'event stream': 'SLOW_CONSUMER',
};

describe.each(SETTINGS)('over $transport ($generation.name)', ({ generation, transport }) => {
  beforeEach(async () => {
    gateway = await RunningGateway.start({ generation, overrides: { queueLimit: 16 } });
    swift = await FollowedConversation.create(gateway);
    gateway.simulator.centre.agentAccepts(swift.id);
    await swift.expectNext(...CREATED, 'AGENT_JOINED');
  });
  afterEach(() => gateway.stop());

  async function stall(): Promise<Stalled> {
    const stalled = await STALL[transport]({ id: swift.id, after: swift.events.at(-1)?.cursor ?? null });
    await swift.expectNext('MESSAGE_ADDED');
    return stalled;
  }

  it('disconnects a client that does not read, while others receive everything, and it resumes without a gap', async () => {
    const { received, readOn } = await stall();
    // The kernel takes a few megabytes for a connection that nobody reads; then the queue fills.
    while (slowLines().length === 0) {
      gateway.simulator.centre.agentSays(swift.id, TEXT);
      await swift.expectNext('MESSAGE_ADDED');
    }

    expect(await readOn()).toBe(TOO_SLOW[transport]);
    const all = swift.events.filter(({ type }) => type === 'MESSAGE_ADDED').map(({ id }) => id);
    expect(received.length).toBeLessThan(all.length);
    const rest = gateway.subscribe(MessageAddedDocument, { id: swift.id, after: received.at(-1)?.cursor ?? '' });
    const missed = await rest.take(all.length - received.length);
    const ids = [...received, ...missed.map(({ data }) => data?.messageAdded)].map((message) => message?.id);
    expect(ids).toEqual(all);
    expect(slowLines()).toHaveLength(1);
    expect(gateway.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('drains in time even if a client does not read', async () => {
    const { readOn } = await stall();
    const started = performance.now();
    await gateway.gateway.close();
    expect(performance.now() - started).toBeLessThan(patiently(5_000));
    await readOn();
    await gateway.restart();
  });
});

import { once } from 'node:events';
import { print } from 'graphql';
import type WebSocket from 'ws';
import { MessageAddedDocument } from '../operations/operations.generated.js';
import type { MessageAddedSubscription } from '../operations/operations.generated.js';
import { RunningGateway } from '../support/running-gateway.js';
import { CREATED, FollowedConversation } from './followed-conversation.js';
import { connectRaw } from './raw-socket.js';

const TEXT = 'x'.repeat(131_072);

let gateway: RunningGateway;
let swift: FollowedConversation;
beforeEach(async () => {
  gateway = await RunningGateway.start({ overrides: { queueLimit: 16 } });
  swift = await FollowedConversation.create(gateway);
  gateway.simulator.centre.agentAccepts(swift.id);
  await swift.expectNext(...CREATED, 'AGENT_JOINED');
});
afterEach(() => gateway.stop());

const slowLines = () => gateway.log.lines.filter(({ message }) => message === 'slow consumer closed');

interface Received {
  readonly id: string;
  readonly cursor: string;
}

/** A client that subscribes, hears one message, and stops reading. */
async function stall(): Promise<{ socket: WebSocket; received: Received[] }> {
  const socket = await connectRaw(gateway.addresses.wsUrl);
  const received: Received[] = [];
  socket.on('message', (data: Buffer) => {
    const { payload } = JSON.parse(data.toString()) as { payload: { data: MessageAddedSubscription } };
    received.push(payload.data.messageAdded);
  });
  const variables = { id: swift.id, after: swift.events.at(-1)?.cursor };
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: print(MessageAddedDocument), variables } }));
  gateway.simulator.centre.agentSays(swift.id, 'first');
  await Promise.all([once(socket, 'message'), swift.expectNext('MESSAGE_ADDED')]);
  socket.pause();
  return { socket, received };
}

it('closes a client that does not read with 1013, while others hear everything, and it resumes without a gap', async () => {
  const { socket, received } = await stall();
  // The kernel takes a few megabytes for a socket that nobody reads; then the queue fills.
  while (slowLines().length === 0) {
    gateway.simulator.centre.agentSays(swift.id, TEXT);
    await swift.expectNext('MESSAGE_ADDED');
  }

  const closed = once(socket, 'close');
  socket.resume();
  expect((await closed)[0]).toBe(1013);
  const all = swift.events.filter(({ type }) => type === 'MESSAGE_ADDED').map(({ id }) => id);
  expect(received.length).toBeLessThan(all.length);
  const rest = gateway.subscribe(MessageAddedDocument, { id: swift.id, after: received.at(-1)?.cursor ?? '' });
  const missed = await rest.take(all.length - received.length);
  const ids = [...received, ...missed.map(({ data }) => data?.messageAdded)].map((message) => message?.id);
  expect(ids).toEqual(all);
  expect(slowLines()).toHaveLength(1);
  expect(gateway.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

it('drains in time though a client does not read', async () => {
  const { socket } = await stall();
  const started = performance.now();
  await gateway.gateway.close();
  expect(performance.now() - started).toBeLessThan(5_000);
  const closed = once(socket, 'close');
  socket.resume();
  await closed;
  await gateway.restart();
});

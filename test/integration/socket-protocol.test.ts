import { once } from 'node:events';
import WebSocket from 'ws';
import { seededRandom } from '../contract/event-log/seeded-random.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { createConversation } from './followed-conversation.js';
import { connectRaw, nextOf } from './raw-socket.js';
import { SocketRace, subscriptionsOf } from './socket-race.js';

/** `SOCKET_RACE_SEED=17` plays that one alone. */
const ONLY = process.env['SOCKET_RACE_SEED'];
const SEEDS = ONLY === undefined ? Array.from({ length: 25 }, (_, index) => index + 1) : [Number(ONLY)];

let gateway: RunningGateway;
let id: string;
beforeAll(async () => {
  gateway = await RunningGateway.start({ overrides: { heartbeatMs: 25 } });
  ({ id } = await createConversation(gateway));
  gateway.simulator.centre.agentAccepts(id);
  await gateway.simulator.webhookSender.settled();
});
afterAll(() => gateway.stop());

const FOLLOW = 'subscription($id: ID!) { messageAdded(conversationId: $id) { message { text } } }';
const subscribe = (operation: string, query = FOLLOW) =>
  JSON.stringify({ id: operation, type: 'subscribe', payload: { query, variables: { id } } });
const complete = (operation: string) => JSON.stringify({ id: operation, type: 'complete' });
interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: { readonly data?: unknown; readonly cursors?: Readonly<Record<string, string>> };
}
/** All that a socket is sent from now on. */
function messagesOf(socket: WebSocket): Message[] {
  const messages: Message[] = [];
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as Message));
  return messages;
}
async function closed(socket: WebSocket): Promise<number> {
  const code = once(socket, 'close').then(([first]) => Number(first));
  socket.close();
  return code;
}

describe('the id of an operation', () => {
  it('can be reused immediately after the client completes it, and each event arrives once', async () => {
    const before = await subscriptionsOf(gateway);
    const socket = await connectRaw(gateway.addresses.wsUrl);
    const messages = messagesOf(socket);
    for (const text of [subscribe('s'), complete('s'), subscribe('s')]) socket.send(text);
    await untilTrue(async () => (await subscriptionsOf(gateway)) === before + 1);
    gateway.simulator.centre.agentSays(id, 'once');
    await gateway.simulator.webhookSender.settled();
    socket.send('{"type":"ping"}');
    await untilTrue(() => messages.some(({ type }) => type === 'pong') && messages.some(({ type }) => type === 'next'));
    expect(messages.filter(({ type }) => type === 'next')).toHaveLength(1);
    await closed(socket);
    await untilTrue(async () => (await subscriptionsOf(gateway)) === before);
  });

  it('of a query can be reused immediately, too, and only the second is answered', async () => {
    const socket = await connectRaw(gateway.addresses.wsUrl);
    const messages = messagesOf(socket);
    for (const text of [subscribe('q', '{ first: gateway { version } }'), complete('q'), subscribe('q', '{ second: gateway { version } }')])
      socket.send(text);
    await untilTrue(() => messages.some(({ type }) => type === 'complete'));
    expect(messages.map(({ type, payload }) => [type, ...Object.keys(payload?.data ?? {})])).toEqual([['next', 'second'], ['complete']]);
    await closed(socket);
  });

  it.each(SEEDS)('may be used again and again without pauses: nothing follows a complete, nothing comes twice (seed %d)', async (seed) => {
    const before = await subscriptionsOf(gateway);
    const race = await SocketRace.start(gateway, id, seededRandom(seed));
    await race.play(60);
    await race.finish();
    expect(race.faults).toEqual([]);
    await untilTrue(async () => (await subscriptionsOf(gateway)) === before);
  });

  it('closes the socket with 4409 if it is in use', async () => {
    const socket = await connectRaw(gateway.addresses.wsUrl);
    for (const text of [subscribe('s'), subscribe('s')]) socket.send(text);
    expect((await once(socket, 'close'))[0]).toBe(4409);
  });
});

describe('a client that sends what only a server sends', () => {
  const SERVER_MESSAGES = [
    { type: 'next', id: '1', payload: { data: {} } },
    { type: 'error', id: '1', payload: [{ message: 'no' }] },
    { type: 'connection_ack' },
  ];
  it.each(
    SERVER_MESSAGES.flatMap((message) =>
      [true, false].map((isConnected) => [message.type, isConnected ? 'after' : 'before', message, isConnected] as const),
    ),
  )('%s, %s it said who it is, is closed with 4400, and nothing is written but JSON lines', async (_type, _when, message, isConnected) => {
    const written: unknown[] = [];
    const original = console.error;
    console.error = (...words: unknown[]) => written.push(words);
    const lines = gateway.log.lines.length;
    const socket = isConnected ? await connectRaw(gateway.addresses.wsUrl) : new WebSocket(gateway.addresses.wsUrl, 'graphql-transport-ws');
    if (!isConnected) await once(socket, 'open');
    socket.send(JSON.stringify(message));
    const [code] = (await once(socket, 'close')) as [number];
    console.error = original;
    expect([code, written]).toEqual([4400, []]);
    expect(gateway.log.lines.slice(lines).filter(({ level }) => level !== 'debug').length).toBeLessThanOrEqual(1);
  });

  it.each(['', 'null', '[]', '{}', '{"type":"start"}', '{"type":"subscribe","id":"1"}', '{"type":"complete"}', '\u0000'])(
    'and %j, which is no message, too',
    async (text) => {
      const socket = await connectRaw(gateway.addresses.wsUrl);
      socket.send(text);
      expect(await nextOf(socket)).toEqual({ closed: 4400 });
    },
  );
});

it('sends the cursor of a filtered subscription in a ping whenever it has moved on without a result', async () => {
  const followed = await createConversation(gateway);
  const query = 'subscription { allConversationEvents(types: [AGENT_LEFT]) { type } }';
  const socket = await connectRaw(gateway.addresses.wsUrl);
  const messages = messagesOf(socket);
  socket.send(JSON.stringify({ id: 'all', type: 'subscribe', payload: { query } }));
  const cursors = () => messages.flatMap(({ type, payload }) => (type === 'ping' ? (payload?.cursors?.['all'] ?? []) : []));
  await untilTrue(() => cursors().length > 0);
  gateway.simulator.centre.agentAccepts(followed.id);
  await gateway.simulator.webhookSender.settled();
  const count = cursors().length;
  await untilTrue(() => cursors().length > count);
  // Nothing happens: nothing is sent.
  expect(messages.filter(({ type }) => type !== 'ping')).toEqual([]);
  expect(new Set(cursors()).size).toBe(cursors().length);
  await closed(socket);
});

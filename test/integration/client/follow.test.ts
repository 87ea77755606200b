import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Client } from 'graphql-ws';
import WebSocket, { WebSocketServer } from 'ws';
import { connect } from '../../../client/src/connect.js';
import { follow } from '../../../client/src/follow.js';
import type { FollowOptions } from '../../../client/src/follow.js';
import { ConversationDocument, MessageAddedDocument } from '../../../client/src/generated/graphql.js';
import type { ConversationQuery, MessageAddedSubscription } from '../../../client/src/generated/graphql.js';
import { codesOf } from '../../../client/src/error-classification.js';
import { request } from '../../../client/src/request.js';
import { EraseConversationDocument } from '../../operations/operations.generated.js';
import { RunningGateway } from '../../support/running-gateway.js';
import { untilTrue } from '../../support/until.js';
import { createConversation } from '../followed-conversation.js';

let gateway: RunningGateway;
let client: Client;

beforeAll(async () => {
  gateway = await RunningGateway.start({ overrides: { heartbeatMs: 20 } });
  client = connect({ url: gateway.addresses.wsUrl, webSocketImpl: WebSocket });
});
afterAll(async () => {
  await client.dispose();
  await gateway.stop();
});

type Options = FollowOptions<ConversationQuery, MessageAddedSubscription, { id: string; after?: string | null }>;

/** How the messages of a conversation are followed. */
const optionsFor = (id: string): Options => ({
  client,
  query: () => request(client, ConversationDocument, { id }),
  cursorOf: ({ conversation }) => conversation?.latestCursor ?? '',
  subscription: MessageAddedDocument,
  variables: { id },
  backoff: () => 5,
});

/** A conversation with an agent. */
async function conversationWithAgent(): Promise<string> {
  const { id } = await createConversation(gateway);
  gateway.simulator.centre.agentAccepts(id);
  return id;
}

it('yields a snapshot first, then the events after it', async () => {
  const id = await conversationWithAgent();
  const steps = follow(optionsFor(id));
  const first = await steps.next();
  gateway.simulator.centre.agentSays(id, 'after');
  const second = await steps.next();
  await steps.return();

  expect(first.value).toMatchObject({ kind: 'snapshot', snapshot: { conversation: { messages: { nodes: [] } } } });
  expect(second.value).toMatchObject({ kind: 'event', data: { messageAdded: { message: { text: 'after' } } }, cursor: expect.any(String) });
});

it('resumes after a given cursor without a query', async () => {
  const { id, origin } = await createConversation(gateway);
  gateway.simulator.centre.agentAccepts(id);
  gateway.simulator.centre.agentSays(id, 'said meanwhile');
  const steps = follow({ ...optionsFor(id), after: origin });
  const first = await steps.next();
  await steps.return();

  expect(first.value).toMatchObject({ kind: 'event', data: { messageAdded: { message: { text: 'said meanwhile' } } } });
});

it('goes on without a query although all since its last event was removed, since none of that was for it', async () => {
  const { id } = await createConversation(gateway);
  const cursors: unknown[] = [];
  const stop = client.on('ping', (_received, payload) => {
    cursors.push(...Object.values((payload?.['cursors'] ?? {}) as Record<string, unknown>));
  });
  const steps = follow(optionsFor(id));
  expect((await steps.next()).value).toMatchObject({ kind: 'snapshot' });
  const next = steps.next();
  gateway.simulator.centre.agentAccepts(id);
  await gateway.simulator.webhookSender.settled();
  const { conversation } = await request(client, ConversationDocument, { id });
  await untilTrue(() => cursors.includes(conversation?.latestCursor));
  stop();
  await gateway.get(EraseConversationDocument, { input: { conversationId: id } });
  client.terminate();
  gateway.simulator.centre.agentSays(id, 'later');
  expect((await next).value).toMatchObject({ kind: 'event', data: { messageAdded: { message: { text: 'later' } } } });
  await steps.return();
});

it('queries again immediately if events after its cursor have expired', async () => {
  const { id, origin } = await createConversation(gateway);
  gateway.simulator.centre.agentAccepts(id);
  gateway.simulator.centre.agentSays(id, 'erased');
  const before = follow({ ...optionsFor(id), after: origin });
  await before.next();
  await before.return();
  await gateway.get(EraseConversationDocument, { input: { conversationId: id } });

  const retries: unknown[] = [];
  const delays: number[] = [];
  const onRetry = (error: unknown, delayMs: number) => {
    retries.push(error);
    delays.push(delayMs);
  };
  // However long it waits after a failure: this is none.
  const steps = follow({ ...optionsFor(id), after: origin, backoff: () => 1_000_000, onRetry });
  const afresh = await steps.next();
  gateway.simulator.centre.agentSays(id, 'and on');
  const next = await steps.next();
  await steps.return();

  expect(afresh.value).toMatchObject({ kind: 'snapshot', snapshot: { conversation: { messages: { nodes: [{ text: 'erased' }] } } } });
  expect(next.value).toMatchObject({ kind: 'event', data: { messageAdded: { message: { text: 'and on' } } } });
  expect(retries.map(codesOf)).toEqual([['CURSOR_EXPIRED']]);
  expect(delays).toEqual([0]);
});

it.each([
  ['there is no such conversation, and so no cursor of it', 'nothing-of-this-id', 'BAD_USER_INPUT', null],
  ['the cursor is none', null, 'BAD_USER_INPUT', 'not-a-cursor'],
])('stops if %s', async (_why, id, code, after) => {
  const options = optionsFor(id ?? (await conversationWithAgent()));
  const steps = follow({ ...options, after, query: () => Promise.resolve({ conversation: null }), cursorOf: () => '' });
  const failure = await (after === null ? steps.next().then(() => steps.next()) : steps.next()).catch((error: unknown) => error);
  expect(codesOf(failure)).toContain(code);
});

it('ends on its abort signal while idle', async () => {
  const over = new AbortController();
  const steps = follow({ ...optionsFor(await conversationWithAgent()), signal: over.signal });
  await steps.next();
  const next = steps.next();
  over.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

it('reconnects with a fresh token, also to a silent gateway', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const tokens: unknown[] = [];
  server.on('connection', (socket) => {
    // Acknowledges the connection, and is never heard of again.
    socket.once('message', (message: Buffer) => {
      tokens.push((JSON.parse(message.toString()) as { payload: { authorization: string } }).payload.authorization);
      socket.send('{"type":"connection_ack"}');
    });
  });
  let count = 0;
  const silent = connect({
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    webSocketImpl: WebSocket,
    token: () => Promise.resolve(`token-${(count += 1)}`),
    pingAfterMs: 5,
    pongWithinMs: 5,
  });
  const over = new AbortController();
  const retried: unknown[] = [];
  const onRetry = (error: unknown) => {
    if (retried.push(error) === 2) over.abort();
  };
  const steps = follow({ ...optionsFor('any'), client: silent, after: 'any', signal: over.signal, onRetry });
  expect(await steps.next()).toEqual({ done: true, value: undefined });
  for (const socket of server.clients) socket.terminate();
  server.close();

  expect(tokens).toEqual(['Bearer token-1', 'Bearer token-2']);
  expect(retried).toMatchObject([{ code: 4499 }, { code: 4499 }]);
});

it('waits before retrying if even the cursor of a query has expired', async () => {
  const { id, origin } = await createConversation(gateway);
  // Else there may be nothing to erase yet, and the cursor stays valid.
  await gateway.simulator.webhookSender.settled();
  await gateway.get(EraseConversationDocument, { input: { conversationId: id } });
  const over = new AbortController();
  const delays: number[] = [];
  const onRetry = (_error: unknown, delayMs: number) => {
    if (delays.push(delayMs) === 3) over.abort();
  };
  const steps = follow({
    ...optionsFor(id),
    cursorOf: () => origin,
    after: origin,
    backoff: (failures) => failures,
    onRetry,
    signal: over.signal,
  });
  for await (const step of steps) expect(step.kind).toBe('snapshot');
  expect(delays).toEqual([0, 1, 2]);
});

it('retries if a connection is accepted but never opened', async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const unopened = connect({ url, webSocketImpl: WebSocket, openWithinMs: 5 });
  const over = new AbortController();
  const onRetry = () => {
    if (sockets.size === 2) over.abort();
  };
  const steps = follow({ ...optionsFor('any'), client: unopened, after: 'any', signal: over.signal, onRetry });
  expect(await steps.next()).toEqual({ done: true, value: undefined });
  for (const socket of sockets) socket.destroy();
  server.close();
});

it('survives being terminated while it connects', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  const connected = once(server, 'connection') as Promise<[Socket]>;
  await once(server, 'listening');
  const client = connect({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, webSocketImpl: WebSocket });
  const failed = request(client, ConversationDocument, { id: 'any' }).catch((error: unknown) => error);
  const [socket] = await connected;
  client.terminate();
  expect(await failed).toMatchObject({ code: 4499 });
  socket.destroy();
  server.close();
});

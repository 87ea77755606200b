import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import { apolloSource, possibleTypes, ResumableLink, typePolicies } from '../../../client/src/apollo/index.js';
import { ConversationStore } from '../../../client/src/conversation/conversation-store.js';
import type { ConversationOptions } from '../../../client/src/conversation/conversation-store.js';
import { socketSource } from '../../../client/src/conversation/source.js';
import type { ConversationSource } from '../../../client/src/conversation/source.js';
import { connect } from '../../../client/src/connect.js';
import { codesOf } from '../../../client/src/error-classification.js';
import { CapabilitiesDocument, ConversationDocument } from '../../../client/src/generated/graphql.js';
import { requestOverHttp } from '../../../client/src/request.js';
import type { Request } from '../../../client/src/request.js';
import { EraseConversationDocument } from '../../operations/operations.generated.js';
import { RunningGateway } from '../../support/running-gateway.js';
import { signed, WITH_SECRET } from '../../support/tokens.js';
import { untilTrue } from '../../support/until.js';
import { createConversation } from '../followed-conversation.js';

interface Access {
  readonly gateway: RunningGateway;
  readonly token?: () => Promise<string>;
}

const clients: Client[] = [];
function clientOf({ gateway, ...token }: Access): Client {
  const client = connect({ url: gateway.addresses.wsUrl, webSocketImpl: WebSocket, ...token });
  clients.push(client);
  return client;
}

function apolloOf(access: Access): { apollo: ApolloClient; source: ConversationSource } {
  const client = clientOf(access);
  const apollo: ApolloClient = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new ResumableLink({ client, latestCursor: () => Promise.reject(new Error('the source brings its own')), backoff: () => 5 }),
      new HttpLink({ uri: access.gateway.addresses.graphqlUrl, fetch: authorized(access) }),
    ),
  });
  return { apollo, source: apolloSource({ apollo, client }) };
}

const authorized =
  ({ token }: Access): typeof fetch =>
  async (input, init) => {
    const headers = new Headers(init?.headers);
    if (token) headers.set('authorization', `Bearer ${await token()}`);
    return fetch(input, { ...init, headers });
  };

const SOURCES: readonly [string, (access: Access) => ConversationSource][] = [
  ['over one socket', (access) => socketSource({ client: clientOf(access), backoff: () => 5 })],
  [
    'over a socket and HTTP',
    ({ gateway, ...token }) =>
      socketSource({
        client: clientOf({ gateway, ...token }),
        request: requestOverHttp({ url: gateway.addresses.graphqlUrl, ...token }),
        backoff: () => 5,
      }),
  ],
  ['over Apollo Client', (access) => apolloOf(access).source],
];

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await RunningGateway.start();
});
afterEach(async () => {
  for (const leave of leaving.splice(0)) leave();
  for (const client of clients.splice(0)) await client.dispose();
});
afterAll(() => gateway.stop());

const leaving: (() => void)[] = [];
/** A store in use, and how to leave it. */
function shown(id: string, source: ConversationSource, options: ConversationOptions = {}) {
  const store = new ConversationStore(id, source, options);
  leaving.push(store.subscribe(() => undefined));
  return store;
}
const texts = (store: ConversationStore) => store.view().messages.map(({ text }) => text);
const isReady = (store: ConversationStore) => untilTrue(() => store.view().status === 'ready');

/** Running ones of a gateway, its own included. */
async function subscriptions({ addresses }: RunningGateway): Promise<number> {
  const metrics = await (await fetch(new URL('/metrics', addresses.url))).text();
  return Number(/^gateway_subscriptions (\d+)$/m.exec(metrics)?.[1]);
}

/** Runs a test on a gateway that nothing else uses: its subscriptions are those of the test. */
async function onAnotherGateway(test: (another: RunningGateway) => Promise<void>): Promise<void> {
  const another = await RunningGateway.start();
  try {
    await test(another);
  } finally {
    for (const leave of leaving.splice(0)) leave();
    for (const client of clients.splice(0)) await client.dispose();
    await another.stop();
  }
}

async function conversationWithAgent(on: RunningGateway = gateway): Promise<string> {
  const { id } = await createConversation(on);
  on.simulator.centre.agentAccepts(id);
  return id;
}

describe.each(SOURCES)('%s', (_name, sourceOf) => {
  it('shows messages, state, agents, typing and the connection, live', async () => {
    const { id } = await createConversation(gateway);
    const { centre } = gateway.simulator;
    const store = shown(id, sourceOf({ gateway }));
    expect(store.view()).toMatchObject({ status: 'loading', connection: 'connecting', messages: [] });
    await isReady(store);
    await untilTrue(() => store.view().connection === 'online');
    centre.agentAccepts(id);
    await untilTrue(() => store.view().state === 'ACTIVE' && store.view().agents.length === 1);
    centre.agentTypes(id);
    await untilTrue(() => store.view().typing.length === 1);
    centre.agentSays(id, 'Hello');
    await untilTrue(() => store.view().messages.length === 1 && store.view().typing.length === 0);
    expect(texts(store)).toEqual(['Hello']);
    expect(store.view().events.map(({ type }) => type)).toContain('MESSAGE_ADDED');
    centre.agentLeaves(id);
    await untilTrue(() => store.view().state === 'IDLE');
    expect(store.view().agents).toEqual([]);
  });

  it('sends optimistically, and merges the message with its echo', async () => {
    const id = await conversationWithAgent();
    const store = shown(id, sourceOf({ gateway }));
    await isReady(store);
    store.send({ text: 'one' });
    store.send({ text: 'two' });
    expect(store.view().pending.map(({ text, status }) => [text, status])).toEqual([
      ['one', 'waiting'],
      ['two', 'waiting'],
    ]);
    const sent = store.view().pending.map(({ clientMessageId }) => clientMessageId);
    await untilTrue(() => store.view().messages.length === 2);
    expect(store.view().pending).toEqual([]);
    expect(texts(store)).toEqual(['one', 'two']);
    expect(store.view().messages.map(({ clientMessageId }) => clientMessageId)).toEqual(sent);
  });

  it('pages through a conversation in both directions, and keeps what is written meanwhile', async () => {
    const id = await conversationWithAgent();
    const { centre } = gateway.simulator;
    const all = Array.from({ length: 23 }, (_, index) => `message ${index}`);
    for (const text of all) centre.agentSays(id, text);
    await gateway.simulator.webhookSender.settled();
    const store = shown(id, sourceOf({ gateway }), { pageSize: 10 });
    await isReady(store);
    while (store.view().hasOlder) await store.loadOlder();
    expect(texts(store)).toEqual(all);

    await store.jumpTo('first');
    expect(texts(store)).toEqual(all.slice(0, 10));
    expect(store.view()).toMatchObject({ hasOlder: false, hasNewer: true });
    centre.agentSays(id, 'meanwhile');
    await untilTrue(() => store.view().unread.length === 1);
    expect(texts(store)).toEqual(all.slice(0, 10));
    while (store.view().hasNewer) await store.loadNewer();
    expect(texts(store)).toEqual([...all, 'meanwhile']);

    await store.jumpTo('last');
    expect(texts(store)).toEqual([...all, 'meanwhile'].slice(-10));
    expect(store.view()).toMatchObject({ hasOlder: true, hasNewer: false });
    centre.agentSays(id, 'and on');
    await untilTrue(() => texts(store).at(-1) === 'and on');
  });

  it('counts what is unread until it is marked as read, own messages left out', async () => {
    const id = await conversationWithAgent();
    const { centre } = gateway.simulator;
    centre.agentSays(id, 'before');
    await gateway.simulator.webhookSender.settled();
    const store = shown(id, sourceOf({ gateway }));
    await isReady(store);
    expect(store.view().unread).toEqual([]);
    centre.agentSays(id, 'one');
    centre.agentSays(id, 'two');
    await untilTrue(() => store.view().unread.length === 2);
    expect(store.view().unread[0]).toBe(store.view().messages[1]?.id);
    store.markRead();
    expect(store.view().unread).toEqual([]);
    await untilTrue(() => (centre.conversation(id).readUpTo.user ?? 0) > 0);
  });

  it('marks as read also before it knows what the contact centre supports', async () => {
    const id = await conversationWithAgent();
    const { centre } = gateway.simulator;
    const source = sourceOf({ gateway });
    const request = ((document, variables) =>
      document === (CapabilitiesDocument as unknown) ? new Promise(() => undefined) : source.request(document, variables)) as Request;
    const store = shown(id, { ...source, request });
    await isReady(store);
    centre.agentSays(id, 'one');
    await untilTrue(() => store.view().unread.length === 1);
    store.markRead();
    await untilTrue(() => (centre.conversation(id).readUpTo.user ?? 0) > 0);
    expect(store.view().capabilities).toEqual([]);
  });

  it('cannot leave a conversation that is not there', async () => {
    const store = shown('nothing-of-this-id', sourceOf({ gateway }));
    const refusal = await store.leave().then(
      () => null,
      (error: unknown) => error,
    );
    expect(codesOf(refusal)).toEqual(['NOT_FOUND']);
  });

  it('says that a conversation is gone', async () => {
    const store = shown('nothing-of-this-id', sourceOf({ gateway }));
    await untilTrue(() => store.view().status !== 'loading');
    expect(store.view().status).toBe('gone');
    expect(codesOf(store.view().problem)).toEqual(['NOT_FOUND']);
  });

  it('begins with a new snapshot if its cursor has expired while nobody looked', () =>
    onAnotherGateway(async (another) => {
      const { centre } = another.simulator;
      const id = await conversationWithAgent(another);
      const before = await subscriptions(another);
      const store = new ConversationStore(id, sourceOf({ gateway: another }));
      const leave = store.subscribe(() => undefined);
      await isReady(store);
      centre.agentSays(id, 'one');
      await untilTrue(() => store.view().messages.length === 1);
      leave();
      await untilTrue(async () => (await subscriptions(another)) === before);
      centre.agentSays(id, 'two');
      await another.simulator.webhookSender.settled();
      await another.get(EraseConversationDocument, { input: { conversationId: id } });
      leaving.push(store.subscribe(() => undefined));
      await untilTrue(() => store.view().messages.length === 2);
      expect(texts(store)).toEqual(['one', 'two']);
      centre.agentSays(id, 'three');
      await untilTrue(() => texts(store).at(-1) === 'three');
    }));

  it('continues with a fresh token when one expires', async () => {
    const guarded = await RunningGateway.start({ config: { auth: WITH_SECRET } });
    const { centre, channelId } = guarded.simulator;
    const service = () => signed({ scope: 'chat:service', sub: 'bot' });
    const { id } = centre.create({ channelId, customer: { fields: {}, additionalProperties: [] }, history: [], assignment: null });
    centre.agentAccepts(id);
    let issued = 0;
    const token = () => {
      issued += 1;
      const exp = Math.floor(Date.now() / 1_000) + 2;
      return issued <= 3 ? signed({ scope: 'chat:service', sub: 'bot', exp }) : service();
    };
    const store = shown(id, sourceOf({ gateway: guarded, token }), { as: 'BOT' });
    await isReady(store);
    await untilTrue(() => store.view().connection === 'offline');
    centre.agentSays(id, 'meanwhile');
    await untilTrue(() => texts(store).includes('meanwhile'));
    store.send({ text: 'with a fresh token' });
    await untilTrue(() => texts(store).includes('with a fresh token'));
    for (const leave of leaving.splice(0)) leave();
    for (const client of clients.splice(0)) await client.dispose();
    await guarded.stop();
  });

  it('reads the seconds to the first answer again once an agent has answered', async () => {
    const id = await conversationWithAgent();
    const store = shown(id, sourceOf({ gateway }));
    await isReady(store);
    await untilTrue(() => store.view().interactions.length === 1);
    expect(store.view().interactions[0]?.firstResponseSeconds).toBeNull();
    gateway.simulator.centre.agentSays(id, 'Hello');
    await untilTrue(() => (store.view().interactions[0]?.firstResponseSeconds ?? null) !== null);
  });
});

it('keeps the cache of Apollo Client as current as the conversation', async () => {
  const id = await conversationWithAgent();
  const { apollo, source } = apolloOf({ gateway });
  const store = shown(id, source);
  await isReady(store);
  gateway.simulator.centre.agentSays(id, 'Hello');
  await untilTrue(() => store.view().messages.length === 1);
  const cached = apollo.readQuery({ query: ConversationDocument, variables: { id, withEvents: true } });
  expect(cached?.conversation?.messages?.nodes.map(({ text }) => text)).toEqual(['Hello']);
});

it('follows a conversation once for all who show it, and ends when the last one has left', () =>
  onAnotherGateway(async (another) => {
    const id = await conversationWithAgent(another);
    const before = await subscriptions(another);
    const store = new ConversationStore(id, socketSource({ client: clientOf({ gateway: another }) }));
    const leave = store.subscribe(() => undefined);
    // As StrictMode does.
    leave();
    const again = store.subscribe(() => undefined);
    const other = store.subscribe(() => undefined);
    await isReady(store);
    await untilTrue(async () => (await subscriptions(another)) === before + 1);
    other();
    again();
    await untilTrue(async () => (await subscriptions(another)) === before);
  }));

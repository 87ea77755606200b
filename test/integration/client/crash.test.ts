import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import { possibleTypes, ResumableLink, typePolicies } from '../../../client/src/apollo/index.js';
import { connect } from '../../../client/src/connect.js';
import { follow } from '../../../client/src/follow.js';
import {
  ConversationDocument,
  CreateConversationDocument,
  EventsDocument,
  LatestCursorDocument,
  MessageAddedDocument,
  SendMessageDocument,
} from '../../../client/src/generated/graphql.js';
import type { MessageAddedSubscription } from '../../../client/src/generated/graphql.js';
import { request } from '../../../client/src/request.js';
import { KillableGateway } from '../../support/killable-gateway.js';
import { untilTrue } from '../../support/until.js';

const CRASHES = 3;
const MESSAGES_AT_ONCE = 10;

type Added = MessageAddedSubscription['messageAdded'];

/** Follows the messages of a conversation until the signal. */
type Follower = (id: string, signal: AbortSignal, listener: Listener) => Promise<void>;

interface Listener {
  /** It knows after which cursor: from now on nothing may be missing. */
  begun(): void;
  received(added: Added): void;
}

const backoff = () => 50;

let gateway: KillableGateway;
let client: Client;
/** Of its own: a request must not join a connection that is just failing. */
let sender: Client;

beforeEach(async () => {
  gateway = await KillableGateway.start();
  client = connect({ url: gateway.urls.wsUrl, webSocketImpl: WebSocket });
  sender = connect({ url: gateway.urls.wsUrl, webSocketImpl: WebSocket });
});
afterEach(async () => {
  await client.dispose();
  await sender.dispose();
  await gateway.stop();
});

const asIterator: Follower = async (id, signal, { begun, received }) => {
  const steps = follow({
    client,
    query: () => request(client, ConversationDocument, { id }),
    cursorOf: ({ conversation }) => conversation?.latestCursor ?? '',
    subscription: MessageAddedDocument,
    variables: { id },
    backoff,
    signal,
  });
  for await (const step of steps) {
    if (step.kind === 'snapshot') begun();
    else if (step.data) received(step.data.messageAdded);
  }
};

const asApolloLink: Follower = async (id, signal, { begun, received }) => {
  const latestCursor = async () => {
    const { data } = await apollo.query({ query: LatestCursorDocument, variables: { id }, fetchPolicy: 'network-only' });
    begun();
    return data?.conversation?.latestCursor ?? '';
  };
  const apollo: ApolloClient = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new ResumableLink({ client, latestCursor, backoff }),
      new HttpLink({ uri: gateway.urls.graphqlUrl }),
    ),
  });
  await new Promise<void>((resolve, reject) => {
    const subscription = apollo.subscribe({ query: MessageAddedDocument, variables: { id } }).subscribe({
      next: ({ data }) => {
        if (data) received(data.messageAdded);
      },
      error: reject,
    });
    signal.addEventListener('abort', () => {
      subscription.unsubscribe();
      resolve();
    });
  });
  apollo.stop();
};

it.each([
  ['the async iterator', asIterator],
  ['the Apollo link', asApolloLink],
])(
  `delivers every message once and in order by %s, while the gateway is killed ${CRASHES} times in mid-conversation`,
  async (_name, followed) => {
    const { channelId, centre } = gateway.simulator;
    const created = await request(sender, CreateConversationDocument, { input: { channelId, customer: { name: 'Mia' } } });
    const id = created.createConversation.conversation?.id ?? '';
    const [conversation] = centre.conversations();
    if (conversation === undefined) throw new Error('the contact centre has no conversation');
    centre.agentAccepts(conversation.id);
    let following: Promise<void> | undefined;
    const seen: Added[] = [];
    const over = new AbortController();
    const begun = new Promise<void>((resolve) => {
      following = followed(id, over.signal, { begun: resolve, received: (added) => seen.push(added) });
    });
    const send = async (text: string) => {
      await request(sender, SendMessageDocument, { input: { conversationId: id, text, sendAs: 'CUSTOMER', clientMessageId: text } });
    };

    await begun;
    for (let crash = 1; crash <= CRASHES; crash += 1) {
      await send(`customer, before crash ${crash}`);
      for (let n = 1; n <= MESSAGES_AT_ONCE; n += 1) centre.agentSays(conversation.id, `agent, before crash ${crash}, ${n}`);
      const heard = seen.length;
      await untilTrue(() => seen.length > heard);
      await gateway.kill();
      for (let n = 1; n <= MESSAGES_AT_ONCE; n += 1) centre.agentSays(conversation.id, `agent, during crash ${crash}, ${n}`);
      await gateway.startAgain();
      await send(`customer, after crash ${crash}`);
    }
    const written = centre.conversation(conversation.id).messages;
    await untilTrue(() => seen.length >= written.length);
    // What is doubled would come before it.
    await send('the last');
    await untilTrue(() => seen.at(-1)?.message.text === 'the last');
    over.abort();
    await following;

    const logged = await request(sender, EventsDocument, { id, last: 100 });
    const stored = (logged.conversation?.events.nodes ?? []).filter(({ __typename }) => __typename === 'MessageAdded');
    expect(seen.map((added) => added.id)).toEqual(stored.map((event) => event.id));
    const texts = (messages: readonly { readonly text: string | null }[]) => messages.map(({ text }) => text).sort();
    expect(texts(seen.map(({ message }) => message))).toEqual(texts(written));
  },
  60_000,
);

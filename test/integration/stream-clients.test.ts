import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { createConversation } from './followed-conversation.js';
import { RunningGateway } from '../support/running-gateway.js';

let gateway: RunningGateway;
let variables: { readonly id: string; readonly after: string };
beforeAll(async () => {
  // Heartbeats arrive before, between and after results.
  gateway = await RunningGateway.start({ overrides: { heartbeatMs: 5 } });
  const { id, origin } = await createConversation(gateway);
  await gateway.simulator.webhookSender.settled();
  variables = { id, after: origin };
});
afterAll(() => gateway.stop());

const EVENTS = 'subscription($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) { __typename id type } }';
const STORED = ['CONVERSATION_UPDATED', 'CONVERSATION_UPDATED', 'INTERACTION_QUEUED'];
interface Data {
  readonly conversationEvents: { readonly id: string; readonly type: string };
}

/** The types of the first events, each id once, as a client that repeats its last result at a heartbeat shows it again. */
function types(
  follow: (next: (data: Data | null | undefined, error: Error | undefined) => void) => { unsubscribe: () => void },
): Promise<string[]> {
  const found = new Map<string, string>();
  return new Promise((resolve, reject) => {
    const subscription = follow((data, error) => {
      if (error) reject(error);
      if (data) found.set(data.conversationEvents.id, data.conversationEvents.type);
      if (found.size !== STORED.length) return;
      resolve([...found.values()]);
      setImmediate(() => subscription.unsubscribe());
    });
  });
}

it.each([
  ['what it asks for by itself', {}],
  ['multipart', { headers: { accept: 'multipart/mixed;subscriptionSpec="1.0"' } }],
])("urql's fetchSubscriptions, by %s, gets events", async (_what, fetchOptions) => {
  const client = new Client({
    url: gateway.addresses.graphqlUrl,
    exchanges: [fetchExchange],
    fetchSubscriptions: true,
    fetchOptions,
    preferGetMethod: false,
  });
  const received = types((next) => client.subscription<Data>(EVENTS, variables).subscribe(({ data, error }) => next(data, error)));
  expect(await received).toEqual(STORED);
});

it("Apollo Client's HttpLink gets events, and no result for a heartbeat", async () => {
  const client = new ApolloClient({ link: new HttpLink({ uri: gateway.addresses.graphqlUrl }), cache: new InMemoryCache() });
  let results = 0;
  const received = types((next) =>
    client.subscribe<Data>({ query: gql(EVENTS), variables }).subscribe({
      next: ({ data, error }) => {
        results += 1;
        next(data, error);
      },
      error: (error: Error) => next(null, error),
    }),
  );
  expect(await received).toEqual(STORED);
  expect(results).toBe(STORED.length);
  client.stop();
});

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'graphql';
import type { DocumentNode, ExecutionResult, GraphQLFormattedError } from 'graphql';
import { createClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import WebSocket from 'ws';
import { describeExample } from '../../support/needs.js';
import { RunningGateway } from '../../support/running-gateway.js';
import { EXAMPLE, Supergraph } from '../../support/supergraph.js';
import { WITH_SECRET, signed } from '../../support/tokens.js';

const EVENTS = `subscription ($id: ID!, $after: String) {
  conversationEvents(conversationId: $id, after: $after) { __typename cursor replayed ... on MessageAdded { message { text } conversation { state tickets { subject } } } }
}`;

interface Event {
  readonly __typename: string;
  readonly cursor: string;
  readonly replayed: boolean;
  readonly message?: { readonly text: string };
  readonly conversation?: unknown;
}
interface Reply<T> {
  readonly data: T;
  readonly errors?: readonly GraphQLFormattedError[];
}
type Result = ExecutionResult<{ conversationEvents: Event }>;

describeExample('federation', 'build:federation')('a supergraph of two subgraphs', () => {
  let gateway: RunningGateway;
  let supergraph: Supergraph;
  let tokens: { service: string; mia: string; bob: string };
  const url = () => supergraph.url;

  beforeAll(async () => {
    gateway = await RunningGateway.start({ config: { federation: true, auth: WITH_SECRET } });
    supergraph = await Supergraph.start(gateway.addresses.graphqlUrl);
    tokens = {
      service: await signed({ scope: 'chat:service', sub: 'bot' }),
      mia: await signed({ scope: 'chat:customer', sub: 'mia', customer_id: 'mia' }),
      bob: await signed({ scope: 'chat:customer', sub: 'bob', customer_id: 'bob' }),
    };
  }, 60_000);
  afterAll(async () => {
    await supergraph.stop();
    await gateway.stop();
  });

  /** Asks the router. */
  async function ask<T>(token: string, query: string, variables: object = {}): Promise<Reply<T>> {
    const response = await fetch(url(), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Reply<T>;
  }

  /** A conversation of Mia's, with an agent and a ticket. */
  async function createConversation(): Promise<{ id: string; origin: string }> {
    const { data } = await ask<{ createConversation: { cursor: string; conversation: { conversationId: string } } }>(
      tokens.service,
      'mutation ($input: CreateConversationInput!) { createConversation(input: $input) { cursor conversation { conversationId } } }',
      { input: { channelId: gateway.simulator.channelId, customer: { customerId: 'mia', name: 'Mia' } } },
    );
    const { cursor: origin, conversation } = data.createConversation;
    const id = conversation.conversationId;
    gateway.simulator.centre.agentAccepts(id);
    await ask(tokens.service, 'mutation ($id: String!) { openTicket(conversationId: $id, subject: "No light") { id } }', { id });
    return { id, origin };
  }

  /** The results that a client of the router gets, up to the first that `isLast`. */
  async function follow(
    token: string,
    variables: object,
    isLast: (result: Result) => boolean,
    onEach: (result: Result) => void = () => undefined,
  ) {
    const client = createClient({ url: url(), headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });
    const results: Result[] = [];
    for await (const result of client.iterate({ query: EVENTS, variables: { ...variables } })) {
      results.push(result as Result);
      onEach(result as Result);
      if (isLast(result as Result)) break;
    }
    client.dispose();
    return results;
  }
  const saying = (text: string) => (result: Result) => result.data?.conversationEvents.message?.text === text;
  const types = (results: readonly Result[]) => results.map(({ data }) => data?.conversationEvents.__typename);

  it('is composed by the composer of Apollo and by that of The Guild', () => {
    const require = createRequire(`${EXAMPLE}compose.js`);
    const read = (path: string) => parse(readFileSync(`${EXAMPLE}${path}`, 'utf8'));
    const subgraphs = [
      { name: 'chat', url: 'http://chat', typeDefs: read('../../subgraph.graphql') },
      { name: 'tickets', url: 'http://tickets', typeDefs: read('tickets.graphql') },
    ];
    type Compose = (services: readonly { name: string; url: string; typeDefs: DocumentNode }[]) => {
      errors?: unknown;
      supergraphSdl?: string;
    };
    for (const name of ['@apollo/composition', '@theguild/federation-composition']) {
      const { composeServices } = require(name) as { composeServices: Compose };
      const { errors, supergraphSdl } = composeServices(subgraphs);
      expect([name, errors]).toEqual([name, undefined]);
      expect(supergraphSdl).toContain('tickets: [Ticket!]! @join__field(graph: TICKETS)');
    }
  });

  it('answers a query across both, from either side', async () => {
    const { id } = await createConversation();
    const { data, errors } = await ask<object>(
      tokens.mia,
      `query ($id: ID!) { conversation(id: $id) { customer { name } tickets { subject conversation { conversationId participants { type } } } } }`,
      { id },
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      conversation: { customer: { name: 'Mia' }, tickets: [{ subject: 'No light', conversation: { conversationId: id } }] },
    });
  });

  it('shows by way of a ticket what the viewer may see: what is hidden looks as what is absent', async () => {
    const { id } = await createConversation();
    await ask(tokens.service, 'mutation { openTicket(conversationId: "absent", subject: "Gone") { id } }');
    type Tickets = { tickets: { nodes: { conversation: { conversationId: string; state: string } | null }[] } };
    const lastTwoSeenBy = async (token: string) => {
      const { data, errors } = await ask<Tickets>(token, '{ tickets(first: 1000) { nodes { conversation { conversationId state } } } }');
      const { nodes } = data.tickets;
      const errorsAt = (index: number) =>
        errors?.filter(({ path }) => path?.[2] === index).map((error) => ({ ...error, path: error.path?.slice(3) }));
      return [nodes.length - 2, nodes.length - 1].map((index) => ({ ...nodes[index], errors: errorsAt(index) }));
    };
    const [own, absent] = await lastTwoSeenBy(tokens.mia);
    expect([own, absent]).toMatchObject([{ conversation: { conversationId: id, state: 'ACTIVE' } }, { conversation: null }]);
    expect(await lastTwoSeenBy(tokens.bob)).toEqual([absent, absent]);
  });

  it('names the entity in the errors below it', async () => {
    const { id } = await createConversation();
    const { errors } = await ask<object>(
      tokens.mia,
      '{ tickets(first: 1000) { nodes { conversation { messages(last: 101) { nodes { id } } } } } }',
    );
    expect(errors?.map(({ extensions }) => extensions)).toContainEqual(
      expect.objectContaining({ code: 'BAD_USER_INPUT', entity: { __typename: 'Conversation', conversationId: id } }),
    );
  });

  it('subscribes over a WebSocket, with fields of both subgraphs in an event, and resumes after a cursor', async () => {
    const { id, origin } = await createConversation();
    gateway.simulator.centre.agentSays(id, 'one');
    const first = await follow(tokens.mia, { id, after: origin }, saying('one'));
    expect(types(first)).toEqual(expect.arrayContaining(['InteractionQueued', 'AgentJoined', 'MessageAdded']));
    expect(first.at(-1)?.data?.conversationEvents.conversation).toMatchObject({ tickets: [{ subject: 'No light' }] });
    gateway.simulator.centre.agentSays(id, 'two');
    const second = await follow(tokens.mia, { id, after: first.at(-1)?.data?.conversationEvents.cursor }, saying('two'));
    expect(types(second)).toEqual(['MessageAdded']);
  });

  it('has the token of each subscriber: as a header, or over a WebSocket among the connectionParams', async () => {
    const { id, origin } = await createConversation();
    const operation = { query: EVENTS, variables: { id, after: origin } };
    const connectionParams = { authorization: `Bearer ${tokens.mia}` };
    const socket = createSocketClient({ url: supergraph.wsUrl, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams });
    const results = socket.iterate(operation);
    expect((await results.next()).value).toMatchObject({ data: { conversationEvents: { __typename: 'ConversationUpdated' } } });
    await results.return?.();
    await socket.dispose();
    for (const headers of [{}, { authorization: 'Bearer invalid' }]) {
      const nobody = createClient({ url: url(), headers, retryAttempts: 0 });
      expect((await nobody.iterate(operation).next()).value).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
      nobody.dispose();
    }
  });

  it('ends a subscription with RESTARTING when the gateway drains; who resumes after the last cursor misses and repeats nothing', async () => {
    const { id, origin } = await createConversation();
    const port = Number(new URL(gateway.addresses.graphqlUrl).port);
    gateway.simulator.centre.agentSays(id, 'one');
    let restarted = Promise.resolve();
    const before = await follow(
      tokens.mia,
      { id, after: origin },
      ({ errors }) => errors !== undefined,
      (result) => {
        if (saying('one')(result)) restarted = gateway.gateway.close().then(() => gateway.restart(port));
      },
    );
    const after = before.at(-2)?.data?.conversationEvents.cursor;
    expect(before.at(-1)?.errors).toMatchObject([{ extensions: { code: 'RESTARTING', cursor: after } }]);
    await restarted;
    gateway.simulator.centre.agentSays(id, 'two');
    expect(types(await follow(tokens.mia, { id, after }, saying('two')))).toEqual(['MessageAdded']);
  });

  it('is shown in docs/federation.md as it is run', () => {
    const page = readFileSync(new URL('../../../docs/federation.md', import.meta.url), 'utf8');
    for (const file of ['compose.js', 'gateway.config.js', 'tickets.graphql'])
      expect(page).toContain(`\n${readFileSync(`${EXAMPLE}${file}`, 'utf8').trimEnd()}\n\`\`\`\n`);
  });
});

import { print } from 'graphql';
import { createClient } from 'graphql-sse';
import { ConversationEventsDocument, GatewayDocument } from '../operations/operations.generated.js';
import { blocksOf, requestEventStream } from '../support/event-stream-results.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { createConversation } from './followed-conversation.js';
import { subscriptionsOf } from './socket-race.js';

let gateway: RunningGateway;
let id: string;
let origin: string;
beforeAll(async () => {
  gateway = await RunningGateway.start({ overrides: { heartbeatMs: 20 } });
  ({ id, origin } = await createConversation(gateway));
  await gateway.simulator.webhookSender.settled();
});
afterAll(() => gateway.stop());

const EVENTS = print(ConversationEventsDocument);
const url = () => gateway.addresses.graphqlUrl;
const nothing = { event: null, id: null, data: null };

it('has an event `next` for each result, under its cursor as the id, and heartbeats between', async () => {
  const response = await requestEventStream(url(), { query: EVENTS, variables: { id, after: origin } });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  });
  const blocks = blocksOf(response);
  expect((await blocks.next()).value).toEqual(nothing);
  for (let count = 0; count < 3; count += 1) {
    let block = (await blocks.next()).value;
    while (block?.event === null) block = (await blocks.next()).value;
    const result = JSON.parse(block?.data ?? '') as { extensions: { cursor: string } };
    expect([block?.event, block?.id]).toEqual(['next', result.extensions.cursor]);
  }
  expect((await blocks.next()).value).toEqual(nothing);
  await blocks.return();
});

it('sends the cursor of a filtered subscription as an id without an event when it has moved on', async () => {
  const followed = await createConversation(gateway);
  const query = 'subscription { allConversationEvents(types: [AGENT_LEFT]) { type } }';
  const blocks = blocksOf(await requestEventStream(url(), { query, variables: {} }));
  const nextId = async (): Promise<string | null> => {
    for await (const { id: cursor, event } of { [Symbol.asyncIterator]: () => ({ next: () => blocks.next() }) }) {
      expect(event).toBeNull();
      if (cursor !== null) return cursor;
    }
    return null;
  };
  const first = await nextId();
  gateway.simulator.centre.agentAccepts(followed.id);
  expect(await nextId()).not.toBe(first);
  await blocks.return();
});

it.each(['POST', 'GET'])('is answered to a %s', async (method) => {
  const variables = JSON.stringify({ id, after: origin });
  const search = method === 'GET' ? `?${new URLSearchParams({ query: EVENTS, variables }).toString()}` : '';
  const response = await fetch(`${url()}${search}`, {
    method,
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    ...(method === 'POST' ? { body: JSON.stringify({ query: EVENTS, variables: { id, after: origin } }) } : {}),
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  await response.body?.cancel();
});

it('serves graphql-sse: subscriptions, queries, and errors of the document', async () => {
  const client = createClient({ url: url(), retryAttempts: 0 });
  const types: unknown[] = [];
  for await (const { data } of client.iterate<{ conversationEvents: { type: string } }>({
    query: EVENTS,
    variables: { id, after: origin },
  })) {
    types.push(data?.conversationEvents.type);
    if (types.length === 3) break;
  }
  expect(types).toEqual(['CONVERSATION_UPDATED', 'CONVERSATION_UPDATED', 'INTERACTION_QUEUED']);
  const answers = client.iterate({ query: '{ viewer { role } }' });
  expect((await answers.next()).value).toMatchObject({ data: { viewer: { role: 'ADMIN' } } });
  expect((await answers.next()).done).toBe(true);
  const refused = client.iterate({ query: '{ nothing }' }).next();
  await expect(refused).rejects.toMatchObject({ response: { status: 400 } });
  client.dispose();
});

it('ends with RESTARTING, the cursor to resume after, and `complete` when the gateway drains', async () => {
  const blocks = blocksOf(await requestEventStream(url(), { query: EVENTS, variables: { id } }));
  await blocks.next();
  const closing = gateway.gateway.close();
  const last: unknown[] = [];
  for await (const { event, data } of blocks) if (event !== null) last.push([event, data]);
  expect(last).toEqual([
    ['next', expect.stringMatching(/"extensions":\{"code":"RESTARTING","cursor":"[\w-]+"\}/)],
    ['complete', ''],
  ]);
  await closing;
  await gateway.restart();
});

describe.each([
  ['multipart', 'multipart/mixed;subscriptionSpec="1.0"'],
  ['an event stream', 'text/event-stream'],
])('clients of %s that leave while the subscription begins', (_what, accept) => {
  it('are no internal errors, and leave nothing behind', async () => {
    const before = await subscriptionsOf(gateway);
    const lines = gateway.log.lines.length;
    const upstream = gateway.simulator.holdPoints.hold('request', ({ path }) => path.endsWith('/conversations/slow'));
    const abort = new AbortController();
    const headers = { accept, 'content-type': 'application/json' };
    const body = JSON.stringify({ query: EVENTS, variables: { id: 'slow' } });
    const asked = fetch(url(), { method: 'POST', headers, body, signal: abort.signal }).catch((error: unknown) => error);
    await upstream.arrived;
    abort.abort();
    expect(await asked).toMatchObject({ name: 'AbortError' });
    // The gateway runs in this process: by the time that it has answered others, it has seen that the connection is gone.
    for (let count = 0; count < 3; count += 1) await subscriptionsOf(gateway);
    upstream.release();
    await gateway.get(GatewayDocument);
    await untilTrue(async () => (await subscriptionsOf(gateway)) === before);
    expect(gateway.log.lines.slice(lines).filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
  });
});

describe('a request that accepts streams only', () => {
  const ACCEPTED = [
    'multipart/mixed;subscriptionSpec="1.0"',
    'multipart/mixed',
    'multipart/*',
    'text/event-stream',
    'multipart/mixed, text/event-stream',
  ];
  const WRONG = [
    ['does not parse', { query: 'subscription {' }, 'GRAPHQL_PARSE_FAILED'],
    ['is not valid', { query: 'subscription { nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'names no operation',
      { query: 'subscription A { nothing: __typename } query B { gateway { version } }' },
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['has several operations', { query: '{ gateway { version } }', operationName: 'Other' }, 'OPERATION_RESOLUTION_FAILURE'],
    ['is not known', { extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } } }, 'PERSISTED_QUERY_NOT_FOUND'],
  ] as const;
  it.each(ACCEPTED.flatMap((accept) => WRONG.map(([what, body, code]) => [accept, what, body, code] as const)))(
    '%s, for a document that %s, is answered what is wrong with it',
    async (accept, _what, body, code) => {
      const headers = { accept, 'content-type': 'application/json' };
      const response = await fetch(url(), { method: 'POST', headers, body: JSON.stringify(body) });
      expect(response.status).not.toBe(406);
      expect(await response.text()).toContain(`"code":"${code}"`);
    },
  );

  it.each(['multipart/mixed', 'multipart/*', 'multipart/mixed;deferSpec=20220824'])(
    '%s, which we do not speak, is answered what we do',
    async (accept) => {
      const { status, errors } = await gateway.post({ query: EVENTS, variables: { id } }, { accept });
      expect([status, errors]).toEqual([
        400,
        [
          {
            message: expect.stringMatching(/WebSocket.*multipart\/mixed;subscriptionSpec="1\.0" or text\/event-stream/),
            extensions: { code: 'BAD_REQUEST' },
          },
        ],
      ]);
    },
  );
});

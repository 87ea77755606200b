import { print } from 'graphql';
import { ConversationEventsDocument } from '../operations/operations.generated.js';
import { partsOf, requestMultipart } from '../support/multipart-results.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { createConversation } from './followed-conversation.js';

let gateway: RunningGateway;
let id: string;
let origin: string;
beforeAll(async () => {
  gateway = await RunningGateway.start({ overrides: { heartbeatMs: 5 } });
  ({ id, origin } = await createConversation(gateway));
  await gateway.simulator.webhookSender.settled();
});
afterAll(() => gateway.stop());

const EVENTS = print(ConversationEventsDocument);
const open = async (): Promise<number> => {
  const metrics = await (await fetch(`${gateway.addresses.url}/metrics`)).text();
  return Number(/^gateway_subscriptions (\d+)$/m.exec(metrics)?.[1]);
};

it('begins with the delimiter, has empty parts as heartbeats, and sends each delimiter with the part before it', async () => {
  const response = await requestMultipart(gateway.addresses.graphqlUrl, { query: EVENTS, variables: { id } });
  expect(response.headers.get('content-type')).toBe('multipart/mixed;boundary="graphql";subscriptionSpec=1.0');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const beat = '\r\nContent-Type: application/json\r\n\r\n{}\r\n--graphql';
  let heard = '';
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    heard += text;
    if (heard.split(beat).length > 3) break;
  }
  expect(heard.replaceAll(beat, '')).toBe('\r\n--graphql');
});

it.each([
  'multipart/mixed;subscriptionSpec="1.0"',
  'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0, application/json',
  'application/json, Multipart/Mixed ; SubscriptionSpec=1.0;q=0.5',
])('serves clients that accept %s', async (accept) => {
  const response = await ask(accept);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^multipart\/mixed/)]);
  await response.body?.cancel();
});

it.each([
  'application/json',
  '*/*',
  'multipart/mixed, */*',
  'multipart/mixed;subscriptionSpec=2.0, */*',
  'multipart/mixed;subscriptionSpec=1.0;q=0, */*',
])('answers clients that accept %s which transports serve subscriptions', async (accept) => {
  const response = await ask(accept);
  expect([response.status, await response.json()]).toEqual([
    400,
    { errors: [{ message: expect.stringMatching(/subscriptionSpec="1\.0"/), extensions: { code: 'BAD_REQUEST' } }] },
  ]);
});

it.each([
  ['a body of a type that pages may send across origins', 'text/plain', { query: EVENTS, variables: { id: 'c' } }, 400],
  ['an invalid document', 'application/json', { query: 'subscription { nothing }' }, 400],
  ['variables that are no object', 'application/json', { query: EVENTS, variables: [] }, 400],
  ['a choice of operations', 'application/json', { query: `${EVENTS} query Other { gateway { version } }` }, 400],
  ['a query', 'application/json', { query: '{ gateway { version } }' }, 200],
])('answers %s like any other request', async (_what, type, body, status) => {
  const response = await ask('multipart/mixed;subscriptionSpec="1.0", application/json', type, body);
  expect([response.status, response.headers.get('content-type')]).toEqual([status, expect.stringMatching(/^application\/json/)]);
  await response.text();
});

it('rejects missing variables as the only result', async () => {
  const parts: unknown[] = [];
  for await (const part of partsOf(await requestMultipart(gateway.addresses.graphqlUrl, { query: EVENTS, variables: {} })))
    parts.push(part);
  expect(parts.filter((part) => Object.keys(part as object).length > 0)).toEqual([
    { payload: { errors: [expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } })] } },
  ]);
});

it('ends the subscription of a disconnected client', async () => {
  // The gateway itself follows who is typing.
  await untilTrue(async () => (await open()) === 1);
  const abort = new AbortController();
  const response = await requestMultipart(gateway.addresses.graphqlUrl, { query: EVENTS, variables: { id } }, abort.signal);
  await partsOf(response).next();
  expect(await open()).toBe(2);
  abort.abort();
  await untilTrue(async () => (await open()) === 1);
});

it('ends with RESTARTING when the gateway drains, and accepts no new ones', async () => {
  const parts = partsOf(await requestMultipart(gateway.addresses.graphqlUrl, { query: EVENTS, variables: { id, after: origin } }));
  await parts.next();
  const closing = gateway.gateway.close();
  const received: unknown[] = [];
  for await (const part of parts) received.push(part);
  expect(received.at(-1)).toEqual({
    payload: null,
    errors: [{ message: expect.any(String), extensions: expect.objectContaining({ code: 'RESTARTING' }) }],
  });
  await closing;
  await gateway.restart();
});

function ask(accept: string, type = 'application/json', body: object = { query: EVENTS, variables: { id } }): Promise<Response> {
  return fetch(gateway.addresses.graphqlUrl, { method: 'POST', headers: { accept, 'content-type': type }, body: JSON.stringify(body) });
}

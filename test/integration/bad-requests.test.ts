import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import WebSocket from 'ws';
import { describeGenerations } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';
import { connectRaw, nextOf } from './raw-socket.js';

let gateway: RunningGateway;
const JSON_TYPE = 'application/json';
const VERSION = '{ gateway { version } }';
/** Levels that would exhaust the stack of whatever calls itself for each. */
const bottomless = `{${'a{'.repeat(15_000)}a${'}'.repeat(15_001)}`;

async function post(body: string, contentType: string | null): Promise<{ status: number; body: unknown }> {
  const headers: Record<string, string> = contentType === null ? {} : { 'content-type': contentType };
  const response = await fetch(gateway.addresses.graphqlUrl, { method: 'POST', headers, body: Buffer.from(body) });
  return { status: response.status, body: await response.json() };
}

/** Complaints about a document or its variables: the same over HTTP and WebSocket. */
const DOCUMENTS: [string, { query: string; variables?: object; operationName?: string }, string][] = [
  ['a syntax error', { query: '{ gateway {' }, 'GRAPHQL_PARSE_FAILED'],
  ['a bottomless document', { query: bottomless }, 'QUERY_TOO_COMPLEX'],
  ['an unknown field', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ['a literal of the wrong type', { query: '{ conversations(first: "x") { totalCount } }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ['a missing variable', { query: 'query($id: ID!) { conversation(id: $id) { id } }' }, 'BAD_USER_INPUT'],
  ['a variable of the wrong type', { query: 'query($id: ID!) { conversation(id: $id) { id } }', variables: { id: {} } }, 'BAD_USER_INPUT'],
  ['a choice of operations', { query: `query A ${VERSION} query B ${VERSION}` }, 'OPERATION_RESOLUTION_FAILURE'],
  ['an operation that is not there', { query: `query A ${VERSION}`, operationName: 'B' }, 'OPERATION_RESOLUTION_FAILURE'],
];

describeGenerations('bad requests', (generation) => {
  beforeAll(async () => {
    gateway = await RunningGateway.start({ generation });
  });
  afterAll(() => gateway.stop());

  it.each([
    ['malformed JSON', '{"query": ', JSON_TYPE, 400, 'The body is not valid JSON.'],
    ['a body that would change prototypes', `{"query":"${VERSION}","__proto__":{}}`, JSON_TYPE, 400, 'The body is not valid JSON.'],
    ['an empty body', '', JSON_TYPE, 400, 'The body is empty.'],
    ['a body that is no object', '3', JSON_TYPE, 400, /no keys/],
    ['a list of operations', '[]', JSON_TYPE, 400, /batching/],
    ['a query that is no text', '{"query":3}', JSON_TYPE, 400, /strings/],
    ['variables that are no object', `{"query":"${VERSION}","variables":"x"}`, JSON_TYPE, 400, /variables/],
    ['another content type', VERSION, 'application/graphql', 415, 'The content type must be application/json.'],
    ['what a form could send across sites', JSON.stringify({ query: VERSION }), 'text/plain', 400, /CSRF/],
    ['no content type', JSON.stringify({ query: VERSION }), null, 415, 'The content type must be application/json.'],
    ['a body over 256 KiB', JSON.stringify({ query: VERSION, x: 'x'.repeat(262_144) }), JSON_TYPE, 413, /larger than 262144 bytes/],
    ['a subscription', '{"query":"subscription { messageAdded(conversationId: \\"c\\") { id } }"}', JSON_TYPE, 400, /WebSocket/],
  ])('rejects %s over HTTP', async (_what, body, contentType, status, message) => {
    expect(await post(body, contentType)).toEqual({
      status,
      body: { errors: [{ message: expect.stringMatching(message), extensions: { code: 'BAD_REQUEST' } }] },
    });
  });

  it('accepts a trailing slash on the paths that others call', async () => {
    const { graphqlUrl, webhookUrl, url } = gateway.addresses;
    const asked = await fetch(`${graphqlUrl}/`, {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE },
      body: JSON.stringify({ query: VERSION }),
    });
    expect([asked.status, await asked.json()]).toEqual([
      200,
      expect.objectContaining({ data: { gateway: { version: expect.any(String) as string } } }),
    ]);
    const searched = await fetch(`${graphqlUrl}//?query=${encodeURIComponent(VERSION)}`, { headers: { 'apollo-require-preflight': '1' } });
    expect(searched.status).toBe(200);
    const broken = await fetch(`${graphqlUrl}/`, { method: 'POST', headers: { 'content-type': JSON_TYPE }, body: '{' });
    expect(await broken.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(
      (await fetch(`${webhookUrl}/`, { method: 'POST', headers: { 'content-type': JSON_TYPE }, body: '{"eventType":"WEB_HOOK_VERIFY"}' }))
        .status,
    ).toBe(204);
    for (const path of ['/healthz/', '/readyz/', '/metrics/']) expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
    expect((await fetch(`${url}/nothing/`)).status).toBe(404);
    (await connectRaw(`${gateway.addresses.wsUrl}/`)).terminate();
  });

  it('says what is missing in a WebSocket handshake without Upgrade', async () => {
    const headers = {
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
      'sec-websocket-protocol': 'graphql-transport-ws',
    };
    const response = await fetch(gateway.addresses.graphqlUrl, { headers });
    expect([response.status, response.headers.get('upgrade'), await response.json()]).toEqual([
      426,
      'websocket',
      {
        errors: [
          {
            message: expect.stringMatching(/lost `Connection: Upgrade` or `Upgrade: websocket`/) as string,
            extensions: { code: 'BAD_REQUEST' },
          },
        ],
      },
    ]);
  });

  it.each(['a b', '[', 'a%zz', ''])('answers whoever calls it %j', async (host) => {
    const asked = request(gateway.addresses.graphqlUrl, { method: 'POST', headers: { host, 'content-type': JSON_TYPE } });
    asked.end(JSON.stringify({ query: '{ __typename }' }));
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    await expect(json(response)).resolves.toMatchObject({ data: { __typename: 'Query' } });
  });

  it.each(DOCUMENTS)('rejects %s over HTTP', async (_what, request, code) => {
    const { status, body } = await post(JSON.stringify(request), JSON_TYPE);
    expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ message: expect.any(String), extensions: { code } }] } });
  });

  it.each(DOCUMENTS)('refuses %s over WebSocket', async (_what, payload, code) => {
    const socket = await connectRaw(gateway.addresses.wsUrl);
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
    const answer = (await nextOf(socket)) as { payload: readonly object[] | { errors: readonly object[] } };
    const errors = 'errors' in answer.payload ? answer.payload.errors : answer.payload;
    expect(errors).toMatchObject([{ message: expect.any(String), extensions: { code } }]);
    socket.terminate();
  });

  it.each([
    ['what is no JSON', '{"type":', 4400],
    ['a message of no known type', '{"type":"nothing"}', 4400],
    [
      'a message over 64 KiB',
      JSON.stringify({ id: '1', type: 'subscribe', payload: { query: VERSION, variables: { x: 'x'.repeat(65_536) } } }),
      1009,
    ],
  ])('closes a socket that sends %s', async (_what, message, code) => {
    const socket = await connectRaw(gateway.addresses.wsUrl);
    socket.send(message);
    expect(await nextOf(socket)).toEqual({ closed: code });
  });

  it('answers 404 to what is not there, on upgrades too', async () => {
    const response = await fetch(`${gateway.addresses.url}/nothing`);
    expect([response.status, await response.json()]).toEqual([404, { error: 'There is nothing here.' }]);
    const socket = new WebSocket(`${gateway.addresses.wsUrl}/nothing`, 'graphql-transport-ws');
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('404');
  });

  it('keeps serving after all that', async () => {
    expect(await post(JSON.stringify({ query: VERSION }), JSON_TYPE)).toMatchObject({ status: 200, body: { data: { gateway: {} } } });
    expect(gateway.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

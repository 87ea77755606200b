import { createHash } from 'node:crypto';
import type { Config } from '../../src/config.js';
import { readManifest } from '../../src/transport/documents/persisted-documents.js';
import { RunningGateway } from '../support/running-gateway.js';
import { connectRaw, operationOn } from './raw-socket.js';

const QUERY = '{ gateway { __typename } }';
const DATA = { gateway: { __typename: 'Gateway' } };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const bySum = (sum: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: sum } } });

interface Answer {
  readonly data?: unknown;
  readonly code: unknown;
}
type Ask = (gateway: RunningGateway, payload: object) => Promise<Answer>;

const overHttp: Ask = async (gateway, payload) => {
  const { data, errors } = await gateway.post(payload);
  return { data, code: errors[0]?.extensions?.['code'] };
};
const overGet: Ask = async (gateway, payload) => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(payload)) search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  const response = await fetch(`${gateway.addresses.graphqlUrl}?${search.toString()}`, { headers: { 'apollo-require-preflight': '1' } });
  const { data, errors = [] } = (await response.json()) as { data?: unknown; errors?: { extensions: { code: unknown } }[] };
  return { data, code: errors[0]?.extensions.code };
};
const overWebSocket: Ask = async (gateway, payload) => {
  const socket = await connectRaw(gateway.addresses.wsUrl);
  const answer = await operationOn(socket, '1', { query: '', ...payload });
  socket.terminate();
  if ('closed' in answer) throw new Error(`closed with ${answer.closed}`);
  if (answer.type === 'error') return { code: (answer.payload as { extensions: { code: unknown } }[])[0]?.extensions.code };
  return { data: (answer.payload as { data: unknown }).data, code: undefined };
};
const WAYS: [string, Ask][] = [
  ['POST', overHttp],
  ['GET', overGet],
  ['WebSocket', overWebSocket],
];

async function withGateway(config: Partial<Config>, use: (gateway: RunningGateway) => Promise<void>): Promise<void> {
  const gateway = await RunningGateway.start({ config });
  try {
    await use(gateway);
  } finally {
    await gateway.stop();
  }
}

it.each(WAYS)('accepts a text once over %s, and then its hash alone, over every other transport too', async (_way, ask) => {
  await withGateway({}, async (gateway) => {
    expect(await ask(gateway, bySum(sha256(QUERY)))).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' });
    expect(await ask(gateway, { query: QUERY, ...bySum(sha256('{ other }')) })).toMatchObject({ code: 'BAD_REQUEST' });
    expect(await ask(gateway, { query: '{ nothing }', ...bySum(sha256('{ nothing }')) })).toMatchObject({
      code: 'GRAPHQL_VALIDATION_FAILED',
    });
    expect(await ask(gateway, bySum(sha256('{ nothing }')))).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' });
    expect(await ask(gateway, { query: QUERY, ...bySum(sha256(QUERY)) })).toMatchObject({ data: DATA });
    for (const [, another] of WAYS) expect(await another(gateway, bySum(sha256(QUERY)))).toMatchObject({ data: DATA });
  });
});

it.each(WAYS)('executes only what is listed, over %s', async (_way, ask) => {
  const trustedDocuments = readManifest(
    JSON.stringify({ listed: QUERY, dear: '{ conversations(first: 100) { nodes { messages(last: 100) { nodes { id } } } } }' }),
  );
  await withGateway({ trustedDocuments }, async (gateway) => {
    for (const named of [{ documentId: 'listed' }, { docId: 'listed' }, { documentId: 'sha256:listed' }, bySum('listed')])
      expect(await ask(gateway, named)).toEqual({ data: DATA, code: undefined });
    for (const free of [{ query: QUERY }, { query: QUERY, documentId: 'listed' }, { query: QUERY, ...bySum(sha256(QUERY)) }])
      expect(await ask(gateway, free)).toMatchObject({ code: 'PERSISTED_QUERY_ID_REQUIRED' });
    for (const id of ['other', '__proto__', 'constructor', ''])
      expect(await ask(gateway, { documentId: id })).toMatchObject({ code: 'PERSISTED_QUERY_NOT_IN_LIST' });
    expect(await ask(gateway, { documentId: 'dear' })).toMatchObject({ code: 'QUERY_TOO_COMPLEX' });
  });
});

it('executes only what is listed over multipart, too', async () => {
  const subscription = 'subscription { messageAdded(conversationId: "c") { id } }';
  await withGateway({ trustedDocuments: new Map([['listed', QUERY]]) }, async (gateway) => {
    const headers = { accept: 'multipart/mixed;subscriptionSpec="1.0", application/json' };
    expect((await gateway.post({ query: subscription }, headers)).errors).toMatchObject([
      { extensions: { code: 'PERSISTED_QUERY_ID_REQUIRED' } },
    ]);
  });
});

const apollo = (operations: unknown, version = 1) => JSON.stringify({ format: 'apollo-persisted-query-manifest', version, operations });

it('accepts a manifest of Apollo’s tools', () => {
  const operations = [
    { id: 'one', name: 'One', type: 'query', body: QUERY },
    { id: 'two', name: 'Two', type: 'query', body: '{ __typename }' },
  ];
  expect([...readManifest(apollo(operations))]).toEqual([
    ['one', QUERY],
    ['two', '{ __typename }'],
  ]);
});

it.each([
  apollo([]),
  apollo({}),
  apollo([{ id: 'one' }]),
  apollo([null]),
  apollo([{ id: 1, body: QUERY }]),
  apollo([{ id: 'one', body: QUERY }], 2),
])('rejects %s as a manifest of theirs', (json) => {
  expect(() => readManifest(json)).toThrow();
});

it.each(['', '[]', '{}', '"x"', '{"id":1}', '{"id":{}}', 'null', '{'])('rejects %s as a manifest', (json) => {
  expect(() => readManifest(json)).toThrow();
});

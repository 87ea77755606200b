import { readFileSync } from 'node:fs';
import { getIntrospectionQuery } from 'graphql';
import { RunningGateway } from '../support/running-gateway.js';
import { connectRaw, nextOf } from './raw-socket.js';

interface Answer {
  readonly errors?: readonly { message: string; extensions: Record<string, unknown> }[];
  readonly data?: unknown;
  readonly extensions?: Record<string, unknown>;
}
interface Request {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await RunningGateway.start();
});
afterAll(() => gateway.stop());

async function overHttp(request: Request): Promise<Answer> {
  const response = await fetch(gateway.addresses.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  return (await response.json()) as Answer;
}

async function overWebSocket(payload: Request): Promise<Answer> {
  const socket = await connectRaw(gateway.addresses.wsUrl);
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
  const answer = await nextOf(socket);
  socket.terminate();
  if ('closed' in answer) throw new Error(`closed with ${answer.closed}`);
  return answer.type === 'error' ? { errors: answer.payload as never } : (answer.payload as Answer);
}

const WAYS = [
  ['HTTP', overHttp],
  ['WebSocket', overWebSocket],
] as const;

const repeated = (count: number, text: (n: number) => string) => Array.from({ length: count }, (_, n) => text(n)).join(' ');
/** Conversations of messages of interactions of messages of … */
const deep = (levels: number) =>
  `{ conversation(id: "c") { ${'currentInteraction { messages(first: 1) { nodes { id interaction { id '.repeat(levels)} ${'} } } } '.repeat(levels)} } }`;

const TOO_COMPLEX: readonly (readonly [string, Request, unknown])[] = [
  ['levels', { query: deep(5) }, 'depth'],
  ['aliases', { query: `{ ${repeated(31, (n) => `a${n}: gateway { version }`)} }` }, 'aliases'],
  ['directives', { query: `{ gateway { version ${'@include(if: true) '.repeat(51)} } }` }, 'directives'],
  ['unknown directives', { query: `{ gateway { version ${'@x'.repeat(900)} } }` }, 'directives'],
  ['tokens', { query: `{ ${'gateway { version } '.repeat(600)} }` }, 'tokens'],
  ['brackets', { query: `{ nodes(ids: ${'['.repeat(20_000)}${']'.repeat(20_000)}) { id } }` }, expect.stringMatching(/^(tokens|depth)$/)],
  [
    'fragments that multiply',
    {
      query: `{ ...F0 } ${repeated(20, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F20 on Query { gateway { version } }`,
    },
    'selections',
  ],
  ['pages in pages', { query: '{ conversations(first: 100) { nodes { messages(last: 100) { nodes { id } } } } }' }, 'cost'],
  [
    'pages in pages, by variables',
    { query: 'query($n: Int!) { conversations(first: $n) { nodes { messages(last: $n) { nodes { id } } } } }', variables: { n: 100 } },
    'cost',
  ],
  [
    'aliased introspection',
    { query: `{ ${repeated(25, (n) => `a${n}: __schema { types { fields { args { type { ofType { ofType { name } } } } } } }`)} }` },
    'cost',
  ],
];

describe.each(WAYS)('over %s', (_way, ask) => {
  it.each(TOO_COMPLEX)('refuses too many %s', async (_what, request, limit) => {
    const { errors, data } = await ask(request);
    expect(data ?? null).toBeNull();
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('too complex'),
        extensions: expect.objectContaining({ code: 'QUERY_TOO_COMPLEX', limit }),
      }),
    ]);
  });

  it.each([
    [
      'fragments in a circle',
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      /Cannot spread fragment "A" within itself/,
    ],
    [
      'schema lists in schema lists',
      '{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }',
      /Maximum introspection depth/,
    ],
  ])('rejects %s', async (_what, query, message) => {
    const { errors } = await ask({ query });
    expect(errors).toMatchObject([{ message: expect.stringMatching(message), extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });

  it('stops validating after a few errors', async () => {
    const { errors } = await ask({ query: `{ ${repeated(500, (n) => `x${n}`)} }` });
    expect(errors).toHaveLength(11);
  });

  it('reports the cost of a query', async () => {
    const { extensions, errors } = await ask({ query: '{ channels(first: 20) { nodes { id } } }' });
    expect([errors, extensions]).toEqual([undefined, { cost: { requested: 21, maximum: 10_000 } }]);
  });

  it.each([
    ['the introspection query', getIntrospectionQuery()],
    [
      'the one with all its options, as IDEs send it',
      getIntrospectionQuery({
        descriptions: true,
        specifiedByUrl: true,
        directiveIsRepeatable: true,
        schemaDescription: true,
        inputValueDeprecation: true,
        oneOf: true,
      }),
    ],
    [
      'types unwrapped deeper than any is wrapped, as Apollo Sandbox asks',
      getIntrospectionQuery().replace(
        /fragment TypeRef on __Type \{[^]*$/,
        `fragment TypeRef on __Type { ${'kind name ofType { '.repeat(15)} name ${'}'.repeat(16)}`,
      ),
    ],
  ])('answers %s', async (_what, query) => {
    const { data, errors } = await ask({ query });
    expect([errors, data]).toEqual([undefined, { __schema: expect.anything() }]);
  });
});

it('allows every query of the README', async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const queries = [...readme.matchAll(/"query":\s*("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text ?? '') as string);
  expect(queries.length).toBeGreaterThanOrEqual(3);
  for (const query of queries) {
    const { errors = [] } = await overHttp({ query });
    expect(errors.map(({ extensions }) => extensions['code'])).not.toContain('QUERY_TOO_COMPLEX');
    expect(errors.map(({ extensions }) => extensions['code'])).not.toContain('GRAPHQL_VALIDATION_FAILED');
  }
});

describe('where introspection is off', () => {
  let closed: RunningGateway;
  beforeAll(async () => {
    closed = await RunningGateway.start({ config: { introspection: false } });
  });
  afterAll(() => closed.stop());

  const ask = async (query: string, way: 'HTTP' | 'WebSocket', variables?: Record<string, unknown>) => {
    const open = gateway;
    gateway = closed;
    try {
      return await (way === 'HTTP' ? overHttp : overWebSocket)({ query, ...(variables ? { variables } : {}) });
    } finally {
      gateway = open;
    }
  };

  it.each(['HTTP', 'WebSocket'] as const)('reveals nothing of the schema over %s', async (way) => {
    for (const query of [
      '{ __schema { queryType { name } } }',
      '{ __type(name: "Query") { name } }',
      '{ ...A } fragment A on Query { __schema { description } }',
    ]) {
      const { errors } = await ask(query, way);
      expect(errors?.[0]).toMatchObject({
        message: expect.stringContaining('introspection'),
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      });
    }
    expect(await ask('{ gateway { __typename } }', way)).toMatchObject({ data: { gateway: { __typename: 'Gateway' } } });
  });

  it.each(['HTTP', 'WebSocket'] as const)('suggests no names over %s', async (way) => {
    const misspelt = await ask('{ gatewy { version } }', way);
    expect(misspelt.errors?.map(({ message }) => message)).toEqual(['Cannot query field "gatewy" on type "Query".']);
    const value = await ask('query($f: ConversationFilter) { conversations(first: 1, filter: $f) { totalCount } }', way, {
      f: { chanelId: 'x' },
    });
    expect(JSON.stringify(value.errors)).not.toContain('channelId');
    expect(JSON.stringify((await overHttp({ query: '{ gatewy { version } }' })).errors)).toContain('Did you mean');
  });
});

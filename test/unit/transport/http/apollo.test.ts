import { createHash } from 'node:crypto';
import { HeaderMap } from '@apollo/server';
import type { ApolloServerPlugin } from '@apollo/server';
import { buildSchema, print } from 'graphql';
import type { RequestContext } from '../../../../src/context/request-context.js';
import { NotFoundError } from '../../../../src/domain/errors.js';
import { Metrics } from '../../../../src/observability/metrics.js';
import { DocumentCache } from '../../../../src/transport/documents/document-cache.js';
import { AutomaticPersistedQueries } from '../../../../src/transport/documents/persisted-documents.js';
import { CompiledQueries } from '../../../../src/transport/execution/compiled-queries.js';
import { createApolloServer } from '../../../../src/transport/http/apollo.js';
import { KeptLog } from '../../../support/running-gateway.js';

/** What an operator's plugin was called with, and the response. */
interface Seen {
  query?: string | undefined;
  body?: unknown;
  document?: string;
  errors?: readonly (readonly [message: string, code: unknown])[];
  parsed?: boolean;
  response?: unknown;
}

const schema = buildSchema('type Query { name(of: String): String } type Subscription { name: String }');

async function server(executions = { count: 0 }) {
  const seen: Seen = {};
  const plugin: ApolloServerPlugin<RequestContext> = {
    requestDidStart: () =>
      Promise.resolve({
        parsingDidStart: () => {
          seen.parsed = true;
          return Promise.resolve();
        },
        didResolveOperation: ({ request, document }) => {
          Object.assign(seen, { query: request.query, body: request.http?.body, document: print(document) });
          return Promise.resolve();
        },
        didEncounterErrors: ({ request, errors }) => {
          const found = errors.map(({ message, extensions, originalError }) => [
            message,
            extensions['code'] ?? (originalError as { code?: unknown } | undefined)?.code,
          ]);
          Object.assign(seen, { query: request.query, errors: found });
          return Promise.resolve();
        },
        willSendResponse: ({ response }) => {
          seen.response = response.body.kind === 'single' ? response.body.singleResult : null;
          return Promise.resolve();
        },
      }),
  };
  const queryType = schema.getQueryType();
  Object.assign(queryType?.getFields()['name'] ?? {}, {
    resolve: (_root: unknown, { of }: { of?: string }) => {
      executions.count += 1;
      if (of === 'nobody') throw new NotFoundError('Nobody is there.');
      if (of === 'broken') throw new Error('a secret');
      return of ?? null;
    },
  });
  const queries = new CompiledQueries(1);
  await queries.load();
  const apollo = await createApolloServer({
    schema,
    introspection: true,
    documents: new DocumentCache({ schema, introspection: true, source: new AutomaticPersistedQueries() }),
    queries,
    logger: new KeptLog(),
    metrics: new Metrics(),
    plugins: [plugin],
  });
  const ask = async (body: object) => {
    for (const key of Object.keys(seen)) Reflect.deleteProperty(seen, key);
    const headers = new HeaderMap([['content-type', 'application/json']]);
    const context = { requestId: 'r1', span: null } as RequestContext;
    const { status, body: answer } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers, search: '', body },
      context: () => Promise.resolve(context),
    });
    return { status: status ?? 200, answer: answer.kind === 'complete' ? (JSON.parse(answer.string) as unknown) : null };
  };
  return { ask, seen, queries };
}

it('shows plugins the request, the document and no errors of a query', async () => {
  const { ask, seen } = await server();
  const body = { query: '{ name(of: "a") }', extensions: { trace: 1 } };
  expect(await ask(body)).toMatchObject({ status: 200, answer: { data: { name: 'a' }, extensions: { cost: expect.anything() } } });
  expect(seen).toMatchObject({ query: body.query, body, document: '{\n  name(of: "a")\n}' });
  expect(seen.errors).toBeUndefined();
});

it.each([
  ['a resolver', '{ name(of: "nobody") }', 200, [['Nobody is there.', 'NOT_FOUND']], 'Nobody is there.'],
  ['a resolver that breaks', '{ name(of: "broken") }', 200, [['a secret', undefined]], 'Internal server error'],
  ['validation', '{ unknownField }', 400, [['Cannot query field "unknownField" on type "Query".', 'GRAPHQL_VALIDATION_FAILED']], undefined],
  ['the limits', `{ ${'name '.repeat(300)}}`, 400, [[expect.stringContaining('too complex (fieldPairs'), 'QUERY_TOO_COMPLEX']], undefined],
  ['the parser', '{ name', 400, [[expect.stringContaining('Syntax Error'), 'GRAPHQL_PARSE_FAILED']], undefined],
  ['a subscription over plain HTTP', 'subscription { name }', 400, [[expect.stringContaining('WebSocket'), 'BAD_REQUEST']], undefined],
] as const)('shows plugins the errors of %s, and masks them for the client', async (_what, query, status, errors, masked) => {
  const { ask, seen } = await server();
  const { status: answered, answer } = await ask({ query });
  expect(answered).toBe(status);
  expect(seen).toMatchObject({ query, errors, response: answer });
  const shown = errors.map(([message]) => ({ message: masked ?? (message as string) }));
  expect(answer).toMatchObject({ errors: shown });
});

it('shows plugins the text of a persisted query, and the request as it was sent', async () => {
  const { ask, seen } = await server();
  const query = '{ name(of: "b") }';
  const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') };
  const body = { extensions: { persistedQuery, trace: 1 } };
  expect(await ask(body)).toMatchObject({ answer: { errors: [{ message: 'PersistedQueryNotFound' }] } });
  expect(seen.errors).toEqual([['PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND']]);
  await ask({ query, ...body });
  expect(await ask(body)).toMatchObject({ answer: { data: { name: 'b' } } });
  expect(seen).toMatchObject({ query, body, document: '{\n  name(of: "b")\n}' });
});

it('has Apollo find each checked document in its store, and parse none', async () => {
  const { ask, seen } = await server();
  const queries = ['{ name }', '{ age }', `{ ${'name '.repeat(300)}}`];
  for (const query of queries) {
    await ask({ query });
    expect(seen).toMatchObject({ query });
    expect(seen.parsed).toBeUndefined();
  }
});

it('executes an operation once, compiled or not, and again only where compiled code fails', async () => {
  const executions = { count: 0 };
  const { ask, queries } = await server(executions);
  const query = 'query Q($of: String) { name(of: $of) }';
  for (const name of ['a', 'b', 'c']) expect(await ask({ query, variables: { of: name } })).toMatchObject({ answer: { data: { name } } });
  expect(queries.compiled).toBe(1);
  expect(executions.count).toBe(3);
  await ask({ query, variables: { of: 'nobody' } });
  await ask({ query, variables: { of: 'nobody' } });
  expect(executions.count).toBe(6);
});

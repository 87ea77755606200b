import { ApolloServer, HeaderMap } from '@apollo/server';
import type { ApolloServerOptionsWithGateway, ApolloServerPlugin, GraphQLRequestListener, GraphQLRequest } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, OperationTypeNode, parse } from 'graphql';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import type { RequestContext } from '../../context/request-context.js';
import type { Logger } from '../../observability/logger.js';
import type { Metrics } from '../../observability/metrics.js';
import type { Execute } from '../execution/compiled-queries.js';
import { ValidDocument } from '../documents/document-cache.js';
import type { DocumentCache, RejectedDocument } from '../documents/document-cache.js';
import type { DocumentRequest } from '../documents/persisted-documents.js';
import type { QueryCost } from '../documents/query-limits.js';
import { maskedError, maskedGraphQLError } from '../execution/mask-errors.js';
import type { ErrorContext } from '../execution/mask-errors.js';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly documents: DocumentCache;
  readonly execute: Execute;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Queries and mutations by Apollo Server, started. */
export async function createApolloServer({
  schema,
  introspection,
  documents,
  execute,
  ...reporting
}: ApolloOptions): Promise<ApolloServer<RequestContext>> {
  const guard = requestPlugin({ schema, introspection, documents, execute, ...reporting });
  const plugins = [
    ApolloServerPluginCacheControlDisabled(),
    ApolloServerPluginLandingPageDisabled(),
    // Loads the protobuf code at every start.
    ApolloServerPluginInlineTraceDisabled(),
    // Reports go nowhere, whatever APOLLO_… variables the environment holds.
    ApolloServerPluginSchemaReportingDisabled(),
    ApolloServerPluginUsageReportingDisabled(),
    guard,
  ];
  const apollo = new ApolloServer<RequestContext>({
    gateway: passThroughExecutor(schema),
    introspection,
    documentStore: null,
    // Apollo's own puts a line break behind, for which the whole text is copied once more.
    stringifyResult: (result) => JSON.stringify(result),
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    logger: apolloLogger(reporting.logger),
    stopOnTerminationSignals: false,
    plugins,
  });
  await apollo.start();
  // What the others are there for is done, and Apollo would wait for each of them at each request.
  plugins.splice(0, plugins.length, guard);
  return apollo;
}

/** What an operation came to that has errors, which Apollo makes what clients get. */
const OUTCOME = Symbol('outcome');
type Executed = RequestContext & { [OUTCOME]?: Promise<ExecutionResult> };

/**
 * Apollo takes an executor only from what it calls a gateway: something that loads its schema from elsewhere. It is asked only where `responseForOperation` has executed and
 * not answered: what Apollo describes a request by to such an executor has a getter, by which V8 keeps the request and its answer until its next full collection.
 */
function passThroughExecutor(schema: GraphQLSchema): ApolloServerOptionsWithGateway<RequestContext>['gateway'] {
  return {
    load: () => Promise.resolve({ executor: ({ context }) => (context as Executed)[OUTCOME] ?? Promise.reject(new Error('not executed')) }),
    onSchemaLoadOrUpdate: (callback) => {
      callback({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    stop: () => Promise.resolve(),
  };
}

/** Apollo's own lines, without what follows the first sentence: it may quote anything. */
function apolloLogger(logger: Logger) {
  const write = (message?: unknown) => logger.warn({ said: String(message).split(/[.:\n]/, 1)[0] }, 'apollo');
  return { debug: () => undefined, info: () => undefined, warn: write, error: write };
}

/** Stands in for a document that is refused, until Apollo asks whether its operation may be executed. */
const REFUSED = parse('{ __typename }');
const OK_HEADERS = { headers: new HeaderMap() };
const BAD_REQUEST = { http: { status: 400 } };

/**
 * Gives Apollo each document already checked, refuses what the checks refuse, tells what the rest costs, and makes errors ready with the request id at hand,
 * which `formatError` does not have.
 */
function requestPlugin({ schema, documents, execute, ...reporting }: ApolloOptions): ApolloServerPlugin<RequestContext> {
  const requestDidStart = ({ request: asked }: { request: GraphQLRequest }): GraphQLRequestListener<RequestContext> => {
    const checked = documents.find({ ...documentRequestOf(asked.http), query: asked.query, extensions: asked.extensions });
    if (checked !== null) stripPersistedQuery(asked);
    let cost: QueryCost | null = null;
    return {
      didResolveSource: (request) => {
        // With a document at hand, and no store of its own, Apollo neither parses nor validates.
        Object.assign(request, { document: checked instanceof ValidDocument ? checked.document : REFUSED });
        return Promise.resolve();
      },
      didResolveOperation: ({ operation, request }) => {
        if (!(checked instanceof ValidDocument))
          throw new GraphQLError('refused', { extensions: { http: { status: checked?.status ?? 400 } } });
        if (!operation) return Promise.resolve();
        const counted = documents.cost(checked, operation, request.variables);
        if (counted instanceof GraphQLError) throw withStatus400(counted);
        if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw notOverPlainHttp();
        cost = counted;
        return Promise.resolve();
      },
      responseForOperation: async ({ request, document, contextValue }) => {
        const { variables: variableValues = null, operationName = null } = request;
        const executing = (async () => execute({ schema, document, contextValue, variableValues, operationName }))();
        const result = await executing.catch(() => null);
        if (result !== null && result.errors === undefined)
          return { http: OK_HEADERS, body: { kind: 'single', singleResult: { data: result.data ?? null } } };
        (contextValue as Executed)[OUTCOME] = executing;
        return null;
      },
      willSendResponse: ({ contextValue, response: { body }, errors }) => {
        if (body.kind !== 'single') return Promise.resolve();
        const asker = { ...reporting, requestId: contextValue.requestId };
        const { singleResult } = body;
        if (checked !== null && !(checked instanceof ValidDocument)) singleResult.errors = refusals(checked, asker);
        else if (singleResult.errors)
          singleResult.errors = singleResult.errors.map((formatted, index) => maskedError(errors?.[index], formatted, asker));
        if (cost !== null) singleResult.extensions = { ...singleResult.extensions, cost };
        return Promise.resolve();
      },
    };
  };
  return { requestDidStart: (request) => Promise.resolve(requestDidStart(request)) };
}

/** Which document a request names beside what Apollo reads of it. */
function documentRequestOf(http: GraphQLRequest['http']): DocumentRequest {
  if (http?.method !== 'GET') return Object(http?.body) as DocumentRequest;
  const search = new URLSearchParams(http.search);
  return { documentId: search.get('documentId') ?? undefined, docId: search.get('docId') ?? undefined };
}

/**
 * The document is at hand: Apollo wants a text, of which it makes a hash that nobody asks for, the longer the dearer, and has no part in persisted ones.
 */
function stripPersistedQuery(request: GraphQLRequest): void {
  const { persistedQuery: _found, ...extensions } = request.extensions ?? {};
  Object.assign(request, { query: '{ __typename }', extensions });
}

const refusals = ({ errors, code }: RejectedDocument, asker: ErrorContext) =>
  errors.map((error) => maskedGraphQLError(error, code, asker).toJSON());

const withStatus400 = (originalError: GraphQLError) => new GraphQLError(originalError.message, { originalError, extensions: BAD_REQUEST });

/** Executed as if it were a query, a subscription would fail in its field, as our own fault. */
const notOverPlainHttp = () =>
  new GraphQLError(
    'Subscriptions are served at the same path over WebSocket (graphql-transport-ws), and over HTTP to those who accept multipart/mixed;subscriptionSpec="1.0" or text/event-stream.',
    { extensions: { code: 'BAD_REQUEST', ...BAD_REQUEST } },
  );

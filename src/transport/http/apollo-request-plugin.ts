import { HeaderMap } from '@apollo/server';
import type { ApolloServerPlugin, GraphQLRequest, GraphQLRequestListener } from '@apollo/server';
import { GraphQLError, OperationTypeNode, parse } from 'graphql';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { RequestContext } from '../../context/request-context.js';
import type { Logger } from '../../observability/logger.js';
import type { Metrics } from '../../observability/metrics.js';
import type { Span } from '../../observability/tracing.js';
import { ValidDocument } from '../documents/document-cache.js';
import type { DocumentCache, RejectedDocument } from '../documents/document-cache.js';
import type { DocumentRequest } from '../documents/persisted-documents.js';
import type { QueryCost } from '../documents/query-limits.js';
import type { CompiledQueries } from '../execution/compiled-queries.js';
import { withEntity } from '../execution/entity-of-error.js';
import { maskedError, maskedGraphQLError } from '../execution/mask-errors.js';
import type { ErrorContext } from '../execution/mask-errors.js';
import { recordErrors, recordOperation } from '../execution/trace-operation.js';
import type { DocumentHandover } from './document-handover.js';

export interface RequestPluginOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly documents: DocumentCache;
  readonly queries: CompiledQueries;
  readonly handover: DocumentHandover;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The text and the document of a request that has none, as Apollo answers none without them. */
const NO_TEXT = '{ __typename }';
const NO_DOCUMENT = parse(NO_TEXT);
const OK_HEADERS = { headers: new HeaderMap() };
const BAD_REQUEST = { http: { status: 400 } };

/**
 * Hands checked documents to Apollo, rejects those that fail the checks, adds the cost to responses, executes compiled operations, and masks errors (here, as `formatError` does
 * not know the request id).
 */
export function requestPlugin(options: RequestPluginOptions): ApolloServerPlugin<RequestContext> {
  return { requestDidStart: ({ request, contextValue }) => Promise.resolve(requestListener(request, contextValue.span, options)) };
}

function requestListener(
  requested: GraphQLRequest,
  span: Span | null,
  options: RequestPluginOptions,
): GraphQLRequestListener<RequestContext> {
  const { schema, documents, queries, handover, introspection, logger, metrics } = options;
  const checked = documents.find({ ...toDocumentRequest(requested.http), query: requested.query, extensions: requested.extensions });
  if (checked !== null) resolvePersistedQuery(requested, checked);
  let cost: QueryCost | null = null;
  let interpreted: OperationDefinitionNode | null = null;
  return {
    didResolveSource: ({ queryHash }) => {
      const document = checked === null ? null : documentFor(checked);
      if (document !== null) handover.put(queryHash, document);
      return Promise.resolve();
    },
    didResolveOperation: ({ operation, request }) => {
      if (!(checked instanceof ValidDocument)) throw rejection(checked);
      if (!operation) return Promise.resolve();
      recordOperation(span, operation);
      const counted = documents.cost(checked, operation, request.variables);
      if (counted instanceof GraphQLError) throw withStatus400(counted);
      if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw subscriptionOverHttp();
      cost = counted;
      return Promise.resolve();
    },
    responseForOperation: async ({ request, document, operation: resolved, contextValue }) => {
      // Missing if `operationName` names none, against Apollo's types: execution then reports it.
      const operation = resolved as OperationDefinitionNode | undefined;
      if (operation === undefined) return null;
      const { variables: variableValues = null, operationName = null } = request;
      const args = { schema, document, contextValue, variableValues, operationName };
      const compiling = async () => queries.executeCompiled(operation, args);
      const result = await compiling().catch(() => null);
      if (result !== null) return { http: OK_HEADERS, body: { kind: 'single', singleResult: { data: result.data ?? null } } };
      interpreted = operation;
      return null;
    },
    willSendResponse: ({ contextValue, request, operation, response: { body }, errors }) => {
      if (body.kind !== 'single') return Promise.resolve();
      const errorContext = { introspection, logger, metrics, requestId: contextValue.requestId, span };
      const { singleResult } = body;
      if (interpreted !== null) queries.countInterpreted(interpreted, singleResult.errors !== undefined);
      if (checked !== null && !(checked instanceof ValidDocument)) singleResult.errors = maskedRejection(checked, errorContext);
      else if (singleResult.errors)
        singleResult.errors = singleResult.errors.map((formatted, index) =>
          withEntity(maskedError(errors?.[index], formatted, errorContext), operation, request.variables),
        );
      recordErrors(span, singleResult.errors);
      if (cost !== null) singleResult.extensions = { ...singleResult.extensions, cost };
      return Promise.resolve();
    },
  };
}

/** What a request says about its document beside what Apollo reads. */
function toDocumentRequest(http: GraphQLRequest['http']): DocumentRequest {
  if (http?.method !== 'GET') return Object(http?.body) as DocumentRequest;
  const search = new URLSearchParams(http.search);
  return { documentId: search.get('documentId') ?? undefined, docId: search.get('docId') ?? undefined };
}

/**
 * Fills in the text of a request that names its document by an id or a hash, and drops the extension, which Apollo would reject: the gateway keeps persisted queries itself.
 * `request.http` is left as it was sent.
 */
function resolvePersistedQuery(request: GraphQLRequest, checked: ValidDocument | RejectedDocument): void {
  if (request.extensions?.['persistedQuery'] !== undefined) {
    const { persistedQuery: _persistedQuery, ...extensions } = request.extensions;
    request.extensions = extensions;
  }
  request.query ||= checked.document?.loc?.source.body ?? NO_TEXT;
}

/** Null if Apollo is to parse the text: it fails with the same syntax error, and plugins see it do so. */
function documentFor(checked: ValidDocument | RejectedDocument): DocumentNode | null {
  if (checked instanceof ValidDocument) return checked.document;
  if (checked.code === 'GRAPHQL_PARSE_FAILED') return null;
  return checked.document ?? NO_DOCUMENT;
}

/** The first of the errors, as plugins see it; the response has all of them. */
function rejection(rejected: RejectedDocument | null): GraphQLError {
  const [error] = rejected?.errors ?? [];
  const { nodes = null, source = null, positions = null, originalError } = error ?? {};
  return new GraphQLError(error?.message ?? 'The request has no document.', {
    nodes,
    source,
    positions,
    originalError: originalError ?? null,
    extensions: { code: rejected?.code, ...error?.extensions, http: { status: rejected?.status ?? 400 } },
  });
}

const maskedRejection = ({ errors, code }: RejectedDocument, errorContext: ErrorContext) =>
  errors.map((error) => maskedGraphQLError(error, code, errorContext).toJSON());

const withStatus400 = (originalError: GraphQLError) => new GraphQLError(originalError.message, { originalError, extensions: BAD_REQUEST });

/** Executed as a query, a subscription would fail in its field with an internal error. */
const subscriptionOverHttp = () =>
  new GraphQLError(
    'Subscriptions are served at the same path over WebSocket (graphql-transport-ws), and over HTTP to those who accept multipart/mixed;subscriptionSpec="1.0" or text/event-stream.',
    { extensions: { code: 'BAD_REQUEST', ...BAD_REQUEST } },
  );

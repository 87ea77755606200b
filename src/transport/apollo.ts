import { ApolloServer } from '@apollo/server';
import type { ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, OperationTypeNode } from 'graphql';
import type { GraphQLSchema } from 'graphql';
import type { RequestContext } from '../context.js';
import type { Logger } from '../observability/logger.js';
import type { Metrics } from '../observability/metrics.js';
import { maskedError } from './mask-errors.js';
import type { Asker } from './mask-errors.js';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Queries and mutations by Apollo Server, started. */
export async function startedApollo({ schema, introspection, ...reporting }: ApolloOptions): Promise<ApolloServer<RequestContext>> {
  const apollo = new ApolloServer<RequestContext>({
    schema,
    introspection,
    includeStacktraceInErrorResponses: false,
    logger: apolloLogger(reporting.logger),
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      // Loads the protobuf code at every start.
      ApolloServerPluginInlineTraceDisabled(),
      // Reports go nowhere, whatever APOLLO_… variables the environment holds.
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      noSubscriptions,
      masking(reporting),
    ],
  });
  await apollo.start();
  return apollo;
}

/** Apollo's own lines, without what follows the first sentence: it may quote anything. */
function apolloLogger(logger: Logger) {
  const write = (message?: unknown) => logger.warn({ said: String(message).split(/[.:\n]/, 1)[0] }, 'apollo');
  return { debug: () => undefined, info: () => undefined, warn: write, error: write };
}

/** Executed as if it were a query, a subscription would fail in its field, as our own fault. */
const noSubscriptions: ApolloServerPlugin<RequestContext> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: ({ operation }) => {
        if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return Promise.resolve();
        const extensions = { code: 'BAD_REQUEST', http: { status: 400 } };
        throw new GraphQLError(
          'Subscriptions are served at the same path over WebSocket, or over POST to those who accept multipart/mixed;subscriptionSpec="1.0".',
          { extensions },
        );
      },
    }),
};

/** Errors are made ready with the request id at hand, which `formatError` does not have. */
function masking(reporting: Omit<Asker, 'requestId'>): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ contextValue, response: { body }, errors }) => {
          if (body.kind === 'single' && body.singleResult.errors) {
            const asker = { ...reporting, requestId: contextValue.requestId };
            body.singleResult.errors = body.singleResult.errors.map((formatted, index) => maskedError(errors?.[index], formatted, asker));
          }
          return Promise.resolve();
        },
      }),
  };
}

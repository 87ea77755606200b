import { ApolloServer } from '@apollo/server';
import type { ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { RequestContext } from '../../context/request-context.js';
import type { Logger } from '../../observability/logger.js';
import { requestPlugin } from './apollo-request-plugin.js';
import type { RequestPluginOptions } from './apollo-request-plugin.js';
import { DocumentHandover } from './document-handover.js';

export interface ApolloOptions extends Omit<RequestPluginOptions, 'handover'> {
  /** Further plugins. They see each request as it was sent, with its document and errors; their `willSendResponse` sees the errors as the client does. */
  readonly plugins?: readonly ApolloServerPlugin<RequestContext>[];
}

/** Apollo Server for queries and mutations, started. */
export async function createApolloServer({ plugins = [], ...options }: ApolloOptions): Promise<ApolloServer<RequestContext>> {
  const handover = new DocumentHandover();
  const apollo = new ApolloServer<RequestContext>({
    schema: options.schema,
    introspection: options.introspection,
    documentStore: handover,
    parseOptions: { maxLexicalTokens: options.documents.limits.tokens },
    // Apollo's own appends a line break, for which the whole text is copied.
    stringifyResult: (result) => JSON.stringify(result),
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    logger: apolloLogger(options.logger),
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      // It loads the protobuf code at every start.
      ApolloServerPluginInlineTraceDisabled(),
      // Whatever APOLLO_… variables the environment holds.
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      requestPlugin({ ...options, handover }),
      ...plugins,
    ],
  });
  await apollo.start();
  return apollo;
}

/** Logs the first sentence of Apollo's messages: the rest may quote anything. */
function apolloLogger(logger: Logger) {
  const write = (message?: unknown) => logger.warn({ said: String(message).split(/[.:\n]/, 1)[0] }, 'apollo');
  return { debug: () => undefined, info: () => undefined, warn: write, error: write };
}

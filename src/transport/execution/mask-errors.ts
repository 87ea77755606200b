import { GraphQLError, isValueNode } from 'graphql';
import type { GraphQLFormattedError } from 'graphql';
import { GatewayError } from '../../domain/errors.js';
import type { Logger } from '../../observability/logger.js';
import type { Metrics } from '../../observability/metrics.js';
import type { Span } from '../../observability/tracing.js';

/** The request that an error belongs to, and where it is reported. */
export interface ErrorContext {
  readonly requestId: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Whether clients may ask for the schema: if not, errors suggest none of its names either. */
  readonly introspection: boolean;
  /** What log lines name; none if nothing is traced. */
  readonly span?: Span | null;
}

/** The error that a resolver threw, from inside the wrappings that GraphQL put around it. */
function thrown(error: unknown): unknown {
  let inner = error;
  while (inner instanceof GraphQLError && inner.originalError) inner = inner.originalError;
  return inner;
}

/**
 * What a client may know of an error: our own errors with their code and details, GraphQL's own complaints about the document and the variables, and of
 * anything else only a request id, under which the log has details.
 */
export function maskedError(error: unknown, formatted: GraphQLFormattedError, errorContext: ErrorContext): GraphQLFormattedError {
  const shown = toClientError(error, formatted, errorContext);
  errorContext.metrics.graphqlErrors.inc({ code: String(shown.extensions?.['code']) });
  return shown;
}

/** The message without GraphQL's suggestion of existing names. */
function withoutSuggestion(message: string): string {
  const start = message.endsWith('?') ? message.lastIndexOf(' Did you mean ') : -1;
  return start < 0 ? message : message.slice(0, start);
}

/** Whether it is GraphQL's own error about an argument of a field or a directive, such as null in a variable for a non-null argument: it refers to the argument's value. */
const isAboutAnArgument = (cause: unknown) => cause instanceof GraphQLError && cause.nodes?.every(isValueNode) === true;

/** Whether operators should see it. An outage is logged once, not at each call that it prevents. */
function shouldWarn(error: GatewayError): boolean {
  return (
    (error.code.startsWith('UPSTREAM') && !error.loggedElsewhere) ||
    error.code === 'OUTCOME_UNKNOWN' ||
    error.code === 'EVENT_LOG_UNAVAILABLE'
  );
}

function toClientError(
  error: unknown,
  formatted: GraphQLFormattedError,
  { requestId, logger, introspection, span }: ErrorContext,
): GraphQLFormattedError {
  const cause = thrown(error);
  const position = {
    ...(formatted.locations ? { locations: formatted.locations } : {}),
    ...(formatted.path ? { path: formatted.path } : {}),
  };
  if (cause instanceof GatewayError) {
    logger[shouldWarn(cause) ? 'warn' : 'debug'](
      { requestId, code: cause.code, path: formatted.path?.join('.'), error: cause, ...span?.logFields },
      'request error',
    );
    return { message: cause.message, ...position, extensions: { code: cause.code, ...cause.details } };
  }
  const given = formatted.extensions?.['code'] ?? 'INTERNAL_SERVER_ERROR';
  const code = given === 'INTERNAL_SERVER_ERROR' && isAboutAnArgument(cause) ? 'BAD_USER_INPUT' : given;
  if (typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR') {
    const message = introspection ? formatted.message : withoutSuggestion(formatted.message);
    return { message, ...position, extensions: { code } };
  }
  logger.error({ requestId, path: formatted.path?.join('.'), error: cause, ...span?.logFields }, 'internal error');
  return { message: 'Internal server error', ...position, extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } };
}

/**
 * The same for a GraphQLError outside of Apollo's pipeline. `code` is the error's code if it is about the document or the variables
 * (even if it was thrown inside a scalar), and null if the error comes from a resolver.
 */
export function maskedGraphQLError(error: GraphQLError, code: string | null, errorContext: ErrorContext): GraphQLError {
  const formatted = code === null ? error.toJSON() : { ...error.toJSON(), extensions: { code } };
  const { message, extensions } = maskedError(error, formatted, errorContext);
  const { nodes = null, source = null, positions = null, path = null } = error;
  return new GraphQLError(message, { nodes, source, positions, path, extensions: extensions ?? null });
}

import type { FormattedExecutionResult } from 'graphql-ws';

/** An error as GraphQL tells it. */
type ToldError = NonNullable<FormattedExecutionResult['errors']>[number];

/** The gateway answered, and the answer is no. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(readonly errors: readonly ToldError[]) {
    super(errors.map(({ message }) => message).join('\n'));
  }
}

/** What no second try mends: the request is wrong, or it is not the caller's to make. All else may pass: a lost connection, an outage, an expired token. */
const FINAL = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'NOT_FOUND',
  'OPERATION_RESOLUTION_FAILURE',
  'QUERY_TOO_COMPLEX',
  'UNSUPPORTED_BY_UPSTREAM',
  'UPSTREAM_REJECTED',
]);

/** The `extensions` of the GraphQL errors in an error: of this package, as graphql-ws throws them, and of Apollo Client. None: it is of another kind. */
function extensionsOf(error: unknown): Readonly<Record<string, unknown>>[] {
  const errors: unknown = Array.isArray(error) ? error : (error as { readonly errors?: unknown } | null)?.errors;
  if (!Array.isArray(errors)) return [];
  return (errors as Partial<ToldError>[]).map(({ extensions }) => extensions ?? {});
}

/** The `extensions.code` of each GraphQL error in a caught one; empty where it is none, a lost connection for instance. */
export function codesOf(error: unknown): string[] {
  return extensionsOf(error).map(({ code }) => String(code));
}

export const isExpired = (error: unknown): boolean => codesOf(error).includes('CURSOR_EXPIRED');

export const isFinal = (error: unknown): boolean => codesOf(error).some((code) => FINAL.has(code));

/** When the gateway asked to be left alone for so long, in milliseconds; else 0. */
export const retryAfterMs = (error: unknown): number =>
  Math.max(
    0,
    ...extensionsOf(error).map(({ retryAfterSeconds }) => (typeof retryAfterSeconds === 'number' ? retryAfterSeconds * 1_000 : 0)),
  );

import type { FormattedExecutionResult } from 'graphql-ws';

/** An error in a GraphQL response. */
type ResponseError = NonNullable<FormattedExecutionResult['errors']>[number];

/** The gateway responded with errors. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(readonly errors: readonly ResponseError[]) {
    super(errors.map(({ message }) => message).join('\n'));
  }
}

/** Retrying does not help: the request is wrong, or the caller may not make it. Everything else may pass: a lost connection, an outage, an expired token. */
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

/** The `extensions` of the GraphQL errors in an error of this package, of graphql-ws or of Apollo Client; empty for any other error. */
function extensionsOf(error: unknown): Readonly<Record<string, unknown>>[] {
  const errors: unknown = Array.isArray(error) ? error : (error as { readonly errors?: unknown } | null)?.errors;
  if (!Array.isArray(errors)) return [];
  return (errors as Partial<ResponseError>[]).map(({ extensions }) => extensions ?? {});
}

/** The `extensions.code` of each GraphQL error in a caught error; empty if it is another kind, such as a lost connection. */
export function codesOf(error: unknown): string[] {
  return extensionsOf(error).map(({ code }) => String(code));
}

export const isExpired = (error: unknown): boolean => codesOf(error).includes('CURSOR_EXPIRED');

export const isFinal = (error: unknown): boolean => codesOf(error).some((code) => FINAL.has(code));

/** The retry-after of the gateway in milliseconds; 0 if there is none. */
export const retryAfterMs = (error: unknown): number =>
  Math.max(
    0,
    ...extensionsOf(error).map(({ retryAfterSeconds }) => (typeof retryAfterSeconds === 'number' ? retryAfterSeconds * 1_000 : 0)),
  );

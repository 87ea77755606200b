import type { OperationDefinitionNode } from 'graphql';
import type { Span, SpanAttributes } from '../../observability/tracing.js';

/** Errors of these codes are ours or the upstream's to fix; all others are the client's, and no failure of the span, as a 4xx is none. */
const FAILURES = /^(UPSTREAM_(?!REJECTED)|OUTCOME_UNKNOWN|EVENT_LOG_UNAVAILABLE|AUTH_UNAVAILABLE|INTERNAL_SERVER_ERROR)/;

export const operationAttributes = ({ operation, name }: OperationDefinitionNode): SpanAttributes => ({
  'graphql.operation.type': operation,
  'graphql.operation.name': name?.value,
});

/** Names a span by the type of its operation; not by its name, of which clients may invent any number. */
export function recordOperation(span: Span | null, definition: OperationDefinitionNode): void {
  if (span === null) return;
  span.rename(definition.operation);
  span.set(operationAttributes(definition));
}

/** Notes on a span the errors that a client is sent: how many, and the code of the worst. */
export function recordErrors(
  span: Span | null,
  errors: readonly { readonly extensions?: Readonly<Record<string, unknown>> | undefined }[] | undefined,
): void {
  if (span === null || errors === undefined || errors.length === 0) return;
  const codes = errors.map(({ extensions }) => {
    const code = extensions?.['code'];
    return typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR';
  });
  const failure = codes.find((code) => FAILURES.test(code));
  span.set({ 'error.type': codes[0], 'chat.graphql.errors': errors.length });
  if (failure !== undefined) span.fail(failure);
}

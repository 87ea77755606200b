import { GraphQLError, createSourceEventStream } from 'graphql';
import type { ExecutionArgs, ExecutionResult, OperationDefinitionNode } from 'graphql';
import type { RequestContext } from '../../context/request-context.js';
import type { Span, Tracing } from '../../observability/tracing.js';
import type { Deliveries } from '../../events/port/log-subscription.js';
import type { Delivery } from '../../events/port/stored-event.js';
import type { Execute } from './compiled-queries.js';
import { maskedGraphQLError } from './mask-errors.js';
import type { ErrorContext } from './mask-errors.js';
import { EncodedResult } from '../websocket/encode-next-frame.js';
import { ResultDelivery } from './result-delivery.js';
import type { ResultSink } from './result-delivery.js';
import { sharedResult } from './shared-results.js';
import { recordErrors } from './trace-operation.js';
import { tracedExecution } from './trace-delivery.js';
import type { ExecuteEvent, SharedResult } from './shared-results.js';
import type { FairScheduler } from '../scheduling/fair-scheduler.js';

/** A result whose errors a client may see. Errors without a path are about the request itself. */
export function masked(result: ExecutionResult, errorContext: ErrorContext): ExecutionResult {
  if (result.errors === undefined) return result;
  return {
    ...result,
    errors: result.errors.map((error) => maskedGraphQLError(error, error.path === undefined ? 'BAD_USER_INPUT' : null, errorContext)),
  };
}

const subscriptionError = (error: unknown, errorContext: ErrorContext): GraphQLError =>
  maskedGraphQLError(new GraphQLError('Subscription failed', { originalError: error as Error }), null, errorContext);

/** The events of a subscription operation, or the errors that prevent it. Releases what was read to authorize it. */
async function openSource(args: ExecutionArgs): Promise<AsyncIterable<unknown> | ExecutionResult> {
  try {
    return await createSourceEventStream(args);
  } finally {
    (args.contextValue as RequestContext).release();
  }
}

/** How a subscription's results are executed and sent. */
export interface Sharing {
  readonly execute: Execute;
  /** By `sharingKey`. */
  readonly key: string;
  readonly sink: ResultSink;
  readonly scheduler: FairScheduler;
  readonly tracing: Tracing;
  readonly definition: OperationDefinitionNode;
}

/**
 * Prepares a subscription that shares its results with all of the same key, over any transport; they are sent from `start()` on. Resolves with a result with errors if it
 * cannot begin.
 */
export async function openSubscription(
  args: ExecutionArgs,
  errorContext: ErrorContext,
  sharing: Sharing,
): Promise<ResultDelivery | ExecutionResult> {
  const source = await openSource(args);
  if (!(Symbol.asyncIterator in source)) {
    const result = masked(source, errorContext);
    recordErrors(errorContext.span ?? null, result.errors);
    return result;
  }
  const { schema, document, variableValues = null, operationName = null } = args;
  const context = args.contextValue as RequestContext;
  const executeOnce = (delivery: Delivery, span: Span | null = null) =>
    context.fork(
      (contextValue) => sharing.execute({ schema, document, variableValues, operationName, rootValue: delivery, contextValue }),
      span,
    );
  const executes: ExecuteEvent = sharing.tracing.enabled ? tracedExecution(executeOnce, sharing) : (delivery) => executeOnce(delivery);
  const toPayload = (delivery: Delivery) => {
    const result = sharedResult(delivery, sharing.key, executes);
    if (result instanceof EncodedResult) return result;
    return result instanceof Promise
      ? result.then((one) => ownPayload(one, delivery, errorContext))
      : ownPayload(result, delivery, errorContext);
  };
  const toError = (error: unknown) => subscriptionError(error, errorContext);
  return new ResultDelivery(source as unknown as Deliveries, { toPayload, toError, scheduler: sharing.scheduler }, sharing.sink);
}

function ownPayload(result: SharedResult, { cursor }: Delivery, errorContext: ErrorContext): EncodedResult {
  if (result instanceof EncodedResult) return result;
  return new EncodedResult(JSON.stringify({ ...masked(result, errorContext), extensions: { ...result.extensions, cursor } }), cursor);
}

import { GraphQLError, createSourceEventStream, execute } from 'graphql';
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import type { Deliveries, Delivery, RequestContext } from '../context.js';
import type { Execute } from './compiled-queries.js';
import { DeliveryStream } from './delivery-stream.js';
import { maskedGraphQLError } from './mask-errors.js';
import type { Asker } from './mask-errors.js';
import { Payload } from './next-messages.js';
import type { SendResult } from './next-messages.js';
import { sharedResult } from './shared-results.js';
import type { Executes, SharedResult } from './shared-results.js';
import { SocketDeliveries } from './socket-deliveries.js';
import type { Turns } from './turns.js';

/**
 * Executes one delivery: with fresh loaders, and with the cursor to resume after in `extensions.cursor`, also when fields of it failed.
 */
async function deliver(args: ExecutionArgs, context: RequestContext, delivery: Delivery, asker: Asker): Promise<ExecutionResult> {
  const result = await execute({ ...args, rootValue: delivery, contextValue: context.forEvent() });
  return { ...masked(result, asker), extensions: { ...result.extensions, cursor: delivery.cursor } };
}

/** A result whose errors a client may see. Errors without a path are about the request itself. */
export function masked(result: ExecutionResult, asker: Asker): ExecutionResult {
  if (result.errors === undefined) return result;
  return {
    ...result,
    errors: result.errors.map((error) => maskedGraphQLError(error, error.path === undefined ? 'BAD_USER_INPUT' : null, asker)),
  };
}

const subscriptionFault = (error: unknown, asker: Asker): GraphQLError =>
  maskedGraphQLError(new GraphQLError('Subscription failed', { originalError: error as Error }), null, asker);

/** Starts a subscription operation. What is wrong with it from the start is a result with errors and no stream. */
export async function subscribeOperation(args: ExecutionArgs, asker: Asker): Promise<DeliveryStream | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return masked(source, asker);
  const context = args.contextValue as RequestContext;
  return new DeliveryStream(
    source as AsyncIterable<Delivery>,
    (delivery) => deliver(args, context, delivery, asker),
    (error) => subscriptionFault(error, asker),
  );
}

/** How a subscription's results are made and sent. */
export interface Sharing {
  readonly execute: Execute;
  /** By `sharingKey`. */
  readonly key: string;
  readonly send: SendResult;
  readonly turns: Turns;
}

/** Starts a subscription operation whose results are shared with all of the same key, and sent as ready bytes. */
export async function shareOperation(args: ExecutionArgs, asker: Asker, sharing: Sharing): Promise<SocketDeliveries | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return masked(source, asker);
  const { schema, document, variableValues = null, operationName = null } = args;
  const context = args.contextValue as RequestContext;
  const executes: Executes = (delivery) =>
    sharing.execute({ schema, document, variableValues, operationName, rootValue: delivery, contextValue: context.forEvent() });
  const payloadOf = (delivery: Delivery) => {
    const result = sharedResult(delivery, sharing.key, executes);
    if (result instanceof Payload) return result;
    return result instanceof Promise ? result.then((one) => ownPayload(one, delivery, asker)) : ownPayload(result, delivery, asker);
  };
  return new SocketDeliveries(
    source as unknown as Deliveries,
    payloadOf,
    sharing.send,
    (error) => subscriptionFault(error, asker),
    sharing.turns,
  );
}

function ownPayload(result: SharedResult, { cursor }: Delivery, asker: Asker): Payload {
  if (result instanceof Payload) return result;
  return new Payload(JSON.stringify({ ...masked(result, asker), extensions: { ...result.extensions, cursor } }));
}

import type { ExecutionResult, OperationDefinitionNode } from 'graphql';
import type { ConversationEvent } from '../../domain/event.js';
import { GatewayError } from '../../domain/errors.js';
import type { Delivery } from '../../events/port/stored-event.js';
import type { Span, Tracing } from '../../observability/tracing.js';
import type { ExecuteEvent } from './shared-results.js';
import { recordErrors, operationAttributes } from './trace-operation.js';

/**
 * Executes events with a span each, linked to the append of the webhook that brought the event. One for all clients that share the result, however many: a span each would cost
 * more than the delivery.
 */
export function tracedExecution(
  execute: (delivery: Delivery, span: Span) => ReturnType<ExecuteEvent>,
  { tracing, definition }: { readonly tracing: Tracing; readonly definition: OperationDefinitionNode },
): ExecuteEvent {
  const operation = operationAttributes(definition);
  return (delivery) => {
    const { event, replayed } = delivery;
    const span = tracing.startDelivery('deliver events', isAppendedByWebhook(event) ? event.id : null, {
      ...operation,
      'messaging.system': 'event_log',
      'messaging.operation.name': 'deliver',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'events',
      'messaging.message.id': event.id,
      'messaging.message.conversation_id': event.conversationId ?? undefined,
      'chat.event.type': event.type,
      'chat.event.replayed': replayed,
    });
    const result = execute(delivery, span);
    if (!(result instanceof Promise)) return ended(span, result);
    return result.then(
      (settled) => ended(span, settled),
      (error: unknown) => {
        span.fail('INTERNAL_SERVER_ERROR');
        span.end();
        throw error;
      },
    );
  };
}

/** Typing is not appended. */
const isAppendedByWebhook = ({ source, type }: ConversationEvent): boolean => source === 'WEBHOOK' && type !== 'TYPING_CHANGED';

function ended(span: Span, result: ExecutionResult): ExecutionResult {
  recordErrors(
    span,
    result.errors?.map(({ originalError, extensions }) =>
      originalError instanceof GatewayError ? { extensions: { code: originalError.code } } : { extensions },
    ),
  );
  span.end();
  return result;
}

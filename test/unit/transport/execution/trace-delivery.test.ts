import { OperationTypeNode, parse } from 'graphql';
import type { OperationDefinitionNode } from 'graphql';
import type { Delivery } from '../../../../src/events/port/stored-event.js';
import { NO_TRACING } from '../../../../src/observability/tracing.js';
import type { Tracing } from '../../../../src/observability/tracing.js';
import { tracedExecution } from '../../../../src/transport/execution/trace-delivery.js';

const [definition] = parse('subscription Follow { conversationEvents { __typename } }').definitions as [OperationDefinitionNode];

/** From which event's append each delivery is linked. */
function linksOf(events: readonly { id: string; source: string; type: string }[]): (string | null)[] {
  const links: (string | null)[] = [];
  const tracing: Tracing = {
    ...NO_TRACING,
    enabled: true,
    startDelivery(_name, eventId) {
      links.push(eventId);
      return NO_TRACING.start(null, 'internal', '', {});
    },
  };
  const execute = tracedExecution(() => ({ data: {} }), { tracing, definition });
  for (const event of events) void execute({ event: { conversationId: 'c1', ...event }, replayed: false } as unknown as Delivery);
  return links;
}

it('links deliveries of events that a webhook brought, and of no others', () => {
  expect(definition.operation).toBe(OperationTypeNode.SUBSCRIPTION);
  expect(
    linksOf([
      { id: 'e1', source: 'WEBHOOK', type: 'MESSAGE_ADDED' },
      { id: 'e2', source: 'GATEWAY', type: 'MESSAGE_ADDED' },
      { id: 'e3', source: 'HISTORY', type: 'MESSAGE_ADDED' },
      { id: 'e4', source: 'GATEWAY', type: 'INTERACTION_ENDED' },
      { id: 'e5', source: 'WEBHOOK', type: 'TYPING_CHANGED' },
    ]),
  ).toEqual(['e1', null, null, null, null]);
});

import { ObjectType } from 'type-graphql';
import type { InteractionEndReason } from '../domain/events/event-table.js';
import { ConversationEvent } from './conversation-event.js';

@ObjectType({
  implements: ConversationEvent,
  description: 'An interaction ended. Produced by this gateway, once per interaction.',
})
export class InteractionEnded extends ConversationEvent {
  readonly __typename = 'InteractionEnded';

  /** As stored with the event; the resolver of the field `reason` corrects it by events that arrived later. */
  reason!: InteractionEndReason;
}

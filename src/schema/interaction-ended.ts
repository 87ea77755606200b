import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import type { InteractionEndReason as DomainReason } from '../domain/events/event-table.js';
import { InteractionEndReason } from './interaction-end-reason.js';

@ObjectType({
  implements: ConversationEvent,
  description: 'It is settled that an interaction is over. Told by the gateway itself, once per interaction.',
})
export class InteractionEnded extends ConversationEvent {
  readonly __typename = 'InteractionEnded';

  @Field(() => InteractionEndReason)
  reason!: DomainReason;
}

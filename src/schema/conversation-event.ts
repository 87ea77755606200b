import { Field, ID, InterfaceType } from 'type-graphql';
import type { EventType } from '../domain/event.js';
import { ConversationEventType } from './conversation-event-type.js';
import { DateTime } from './date-time.js';

@InterfaceType('ConversationEvent', {
  description: 'Something that happened in a conversation. Delivered once and in the order of the log, live and replayed alike.',
  resolveType: (value: { __typename: string }) => value.__typename,
})
export abstract class ConversationEvent {
  /** The object type that this event has in the schema. */
  abstract readonly __typename: string;

  @Field(() => ID, { description: 'Unique, and the same however often the contact centre tells of the event.' })
  id!: string;

  @Field(() => ConversationEventType)
  type!: EventType;

  @Field(() => String, { description: 'Place in the log: resume the subscription that delivered this event after it.' })
  cursor!: string;

  @Field(() => String, { nullable: true, description: 'Null only on an unrecognized event that names no conversation.' })
  conversationId!: string | null;

  @Field(() => DateTime, { description: "When it happened, by the contact centre's clock; may run backwards from one event to the next." })
  occurredAt!: Date;

  @Field(() => DateTime, { description: 'When this gateway received it.' })
  receivedAt!: Date;

  @Field(() => Boolean, { description: 'Read back from the log, not live: no sound, please.' })
  replayed!: boolean;
}

import { Field, ID, InterfaceType } from 'type-graphql';
import type { EventSource as Source, EventType } from '../domain/event.js';
import { ConversationEventType } from './conversation-event-type.js';
import { DateTime } from './date-time.js';
import { EventSource } from './event-source.js';

@InterfaceType('ConversationEvent', {
  description:
    'Something that happened in a conversation. Each event is delivered exactly once and in log order, whether live or replayed.',
  resolveType: (value: { __typename: string }) => value.__typename,
})
export abstract class ConversationEvent {
  /** Name of the event's object type in the schema. */
  abstract readonly __typename: string;

  @Field(() => ID, { description: 'Unique event id; stable across webhook retries.' })
  id!: string;

  @Field(() => ConversationEventType, { description: 'Type of the event; corresponds to its object type.' })
  type!: EventType;

  @Field(() => String, {
    description: 'Position of this event in the log. Pass it as `after` to resume the subscription that delivered it.',
  })
  cursor!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Id of the conversation in the contact centre; null only on an unrecognized event that names no conversation.',
  })
  conversationId!: string | null;

  @Field(() => DateTime, {
    description: "When the event occurred, according to the contact centre's clock. Not monotonic: order by `cursor`, not by this.",
  })
  occurredAt!: Date;

  @Field(() => DateTime, { description: "When this gateway received the event, according to the gateway's clock." })
  receivedAt!: Date;

  @Field(() => EventSource, { description: "Where the event is from: a webhook, this gateway, or the contact centre's history." })
  source!: Source;

  @Field(() => Boolean, {
    description:
      'True if the event was read back from the log (after a reconnect, or by a query) rather than delivered live. Use it to suppress notifications.',
  })
  replayed!: boolean;
}

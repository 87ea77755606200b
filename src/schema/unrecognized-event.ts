import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Json } from './json.js';

@ObjectType({
  implements: ConversationEvent,
  description: 'An event of a type that this gateway does not know yet, passed through unchanged.',
})
export class UnrecognizedEvent extends ConversationEvent {
  readonly __typename = 'UnrecognizedEvent';

  @Field(() => String, { description: "Event type in the upstream's own words; empty if it has none." })
  eventType!: string;

  @Field(() => Json, { description: 'The whole event as received.' })
  payload!: unknown;
}

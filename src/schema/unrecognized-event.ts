import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Json } from './json.js';

@ObjectType({ implements: ConversationEvent, description: 'An event of a kind that this gateway does not know yet, as it came.' })
export class UnrecognizedEvent extends ConversationEvent {
  readonly __typename = 'UnrecognizedEvent';

  @Field(() => String, { description: "The upstream's name for it; empty where it gave none." })
  eventType!: string;

  @Field(() => Json, { description: 'The whole event, as it was sent.' })
  payload!: unknown;
}

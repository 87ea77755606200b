import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Message } from './message.js';

@ObjectType({ implements: ConversationEvent, description: 'A message was written, by whomever.' })
export class MessageAdded extends ConversationEvent {
  readonly __typename = 'MessageAdded';

  @Field(() => Message)
  message!: Message;

  @Field(() => Boolean, { description: 'Written through the API (by the customer or a bot), not by an agent.' })
  isEcho!: boolean;
}

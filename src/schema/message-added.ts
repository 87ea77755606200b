import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Message } from './message.js';

@ObjectType({ implements: ConversationEvent, description: 'A message was added by any participant.' })
export class MessageAdded extends ConversationEvent {
  readonly __typename = 'MessageAdded';

  @Field(() => Message, { description: 'The added message.' })
  message!: Message;

  @Field(() => Boolean, { description: 'True if the message was sent through the API (by the customer or a bot) rather than by an agent.' })
  isEcho!: boolean;
}

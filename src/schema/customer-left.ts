import { ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';

@ObjectType({ implements: ConversationEvent, description: 'The customer has left the conversation, which ends its interaction.' })
export class CustomerLeft extends ConversationEvent {
  readonly __typename = 'CustomerLeft';
}

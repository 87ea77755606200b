import { ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';

@ObjectType({ implements: ConversationEvent, description: 'The customer joined the conversation.' })
export class CustomerJoined extends ConversationEvent {
  readonly __typename = 'CustomerJoined';
}

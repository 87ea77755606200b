import { ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';

@ObjectType({ implements: ConversationEvent, description: 'The customer left the conversation, which ends the interaction.' })
export class CustomerLeft extends ConversationEvent {
  readonly __typename = 'CustomerLeft';
}

import { ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';

@ObjectType({
  implements: ConversationEvent,
  description: 'The agent has handed the conversation to another queue. May come before or after their AgentLeft.',
})
export class ConversationTransferred extends ConversationEvent {
  readonly __typename = 'ConversationTransferred';
}

import { ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';

@ObjectType({
  implements: ConversationEvent,
  description: 'The agent transferred the conversation to another queue. May arrive before or after the `AgentLeft` of that agent.',
})
export class ConversationTransferred extends ConversationEvent {
  readonly __typename = 'ConversationTransferred';
}

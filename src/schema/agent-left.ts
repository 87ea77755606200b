import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Agent } from './agent.js';

@ObjectType({
  implements: ConversationEvent,
  description: 'An agent is out of the conversation: it is over, or goes on with another agent.',
})
export class AgentLeft extends ConversationEvent {
  readonly __typename = 'AgentLeft';

  @Field(() => Agent)
  agent!: Agent;
}

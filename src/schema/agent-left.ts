import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Agent } from './agent.js';

@ObjectType({
  implements: ConversationEvent,
  description: 'An agent left the conversation: the interaction ended, or continues with another agent.',
})
export class AgentLeft extends ConversationEvent {
  readonly __typename = 'AgentLeft';

  @Field(() => Agent, { description: 'The agent who left.' })
  agent!: Agent;
}

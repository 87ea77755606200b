import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Agent } from './agent.js';

@ObjectType({ implements: ConversationEvent, description: 'An agent accepted the conversation and can see all its messages.' })
export class AgentJoined extends ConversationEvent {
  readonly __typename = 'AgentJoined';

  @Field(() => Agent, { description: 'The agent who joined.' })
  agent!: Agent;
}

import { Field, ObjectType } from 'type-graphql';
import { ConversationEvent } from './conversation-event.js';
import { Agent } from './agent.js';

@ObjectType({ implements: ConversationEvent, description: 'An agent has accepted the conversation and sees all its messages.' })
export class AgentJoined extends ConversationEvent {
  readonly __typename = 'AgentJoined';

  @Field(() => Agent)
  agent!: Agent;
}

import { Field, ObjectType } from 'type-graphql';
import { Agent } from './agent.js';
import { DateTime } from './date-time.js';

@ObjectType({ description: 'The period during which one agent handled an interaction.' })
export class AgentStint {
  @Field(() => Agent, { description: 'The agent who handled it.' })
  agent!: Agent;

  @Field(() => DateTime, { nullable: true, description: 'When the agent joined; null if no event recorded it.' })
  joinedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the agent left; null while the agent is still in the interaction. If no event recorded it: the latest possible time, when the next agent joined or the interaction ended.',
  })
  leftAt!: Date | null;
}

import { Field, ObjectType } from 'type-graphql';
import { Agent } from './agent.js';
import { DateTime } from './date-time.js';

@ObjectType({ description: 'The time of one agent in an interaction.' })
export class AgentStint {
  @Field(() => Agent)
  agent!: Agent;

  @Field(() => DateTime, { nullable: true, description: 'Null where no event told it.' })
  joinedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Null while the agent is still there. If no event says when: the latest possible time, when the next agent joined or the interaction ended.',
  })
  leftAt!: Date | null;
}

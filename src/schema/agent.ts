import { Field, ObjectType } from 'type-graphql';
import { Node } from './node.js';

@ObjectType({ implements: Node, description: 'A person who answers customers for the contact centre.' })
export class Agent extends Node {
  readonly __typename = 'Agent';
  readonly id!: string;

  @Field(() => String, { description: 'Id of the agent in the contact centre.' })
  agentId!: string;

  @Field(() => String, { nullable: true, description: 'Display name; null if the contact centre does not provide it.' })
  name!: string | null;
}

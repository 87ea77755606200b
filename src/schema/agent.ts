import { Field, ObjectType } from 'type-graphql';
import { Node } from './node.js';

@ObjectType({ implements: Node, description: 'Somebody who answers for the contact centre.' })
export class Agent extends Node {
  readonly __typename = 'Agent';
  readonly id!: string;

  @Field(() => String)
  agentId!: string;

  @Field(() => String, { nullable: true, description: 'Null where the contact centre does not tell it.' })
  name!: string | null;
}

import { Field, ObjectType } from 'type-graphql';
import { DateTime } from './date-time.js';
import { Node } from './node.js';

@ObjectType({
  implements: Node,
  description: 'One period in which the contact centre handles a conversation, from queueing to its end, including transfers.',
})
export class Interaction extends Node {
  readonly __typename = 'Interaction';
  readonly id!: string;

  /** Id of the conversation in the contact centre. */
  conversationId!: string;

  @Field(() => String, { nullable: true, description: 'Id of the interaction in the contact centre; null if not known yet.' })
  interactionId!: string | null;

  @Field(() => DateTime, { nullable: true, description: "When it started, according to the contact centre's clock; null if unknown." })
  startedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "When it ended, according to the contact centre's clock; null while it is in progress.",
  })
  endedAt!: Date | null;
}

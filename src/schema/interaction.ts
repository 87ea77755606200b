import { Field, ObjectType } from 'type-graphql';
import { DateTime } from './date-time.js';
import { Node } from './node.js';

@ObjectType({
  implements: Node,
  description: 'One stretch in which the contact centre handles a conversation: from queueing to the end, over transfers.',
})
export class Interaction extends Node {
  readonly __typename = 'Interaction';
  readonly id!: string;

  /** The conversation's vendor id. */
  conversationId!: string;

  @Field(() => String, { nullable: true, description: 'Null while the upstream has not told it.' })
  interactionId!: string | null;

  @Field(() => DateTime, { nullable: true, description: "By the contact centre's clock; null where that is not known." })
  startedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Null while it goes on.' })
  endedAt!: Date | null;
}

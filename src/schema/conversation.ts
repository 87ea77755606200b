import { Field, ObjectType } from 'type-graphql';
import { Node } from './node.js';

@ObjectType({
  implements: Node,
  description:
    'A conversation between a customer and the contact centre. A conversation is never closed permanently: a message sent after its last interaction ended starts a new one.',
})
export class Conversation extends Node {
  readonly __typename = 'Conversation';
  readonly id!: string;

  @Field(() => String, { description: 'Id of the conversation in the contact centre.' })
  conversationId!: string;
}

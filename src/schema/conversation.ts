import { Field, ObjectType } from 'type-graphql';
import { Node } from './node.js';

@ObjectType({
  implements: Node,
  description: 'A conversation between a customer and the contact centre. It never dies: a new message starts a new interaction in it.',
})
export class Conversation extends Node {
  readonly __typename = 'Conversation';
  readonly id!: string;

  @Field(() => String)
  conversationId!: string;
}

import { Field, ObjectType } from 'type-graphql';
import type { Customer } from '../domain/customer.js';
import type { NamedAssignment } from '../domain/inbox-summary.js';
import type { ConversationState } from '../domain/state.js';
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

  /** Of a conversation of the inbox: what events show of it. */
  readonly shown?: {
    readonly state: ConversationState;
    readonly assignment: NamedAssignment | null;
    readonly customer: Customer | null;
  };
}

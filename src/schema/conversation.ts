import { Field, ObjectType } from 'type-graphql';
import type { Customer } from '../domain/customer.js';
import type { NamedAssignment } from '../domain/inbox-summary.js';
import type { NamedMessage } from '../domain/message.js';
import type { ConversationState } from '../domain/state.js';
import { Node } from './node.js';

/** What the inbox has of a conversation, at hand without a read. */
export interface ShownConversation {
  readonly state: ConversationState;
  readonly assignment: NamedAssignment | null;
  /** Null if no event reported it. */
  readonly customer: Customer | null;
  readonly lastActivityAt: Date | null;
  readonly lastMessage: NamedMessage | null;
  readonly unreadCount: number;
  readonly readCursor: string | null;
}

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
  readonly shown?: ShownConversation;
}

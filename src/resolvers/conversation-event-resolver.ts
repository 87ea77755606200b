import { FieldResolver, Resolver, Root } from 'type-graphql';
import { ConversationEvent } from '../schema/conversation-event.js';
import { Conversation } from '../schema/conversation.js';
import { toConversation } from './to-graphql.js';

@Resolver(() => ConversationEvent)
export class ConversationEventResolver {
  @FieldResolver(() => Conversation, {
    nullable: true,
    description:
      'Current state of the conversation, not a snapshot at the time of the event. Selecting its fields may cost upstream calls.',
  })
  conversation(@Root() { conversationId }: ConversationEvent): Conversation | null {
    return conversationId === null ? null : toConversation(conversationId);
  }
}

import { FieldResolver, Resolver, Root } from 'type-graphql';
import { ConversationEvent } from '../schema/conversation-event.js';
import { Conversation } from '../schema/conversation.js';
import { toConversation } from './to-graphql.js';

@Resolver(() => ConversationEvent)
export class ConversationEventResolver {
  @FieldResolver(() => Conversation, {
    nullable: true,
    description: 'As it is now, not as it was at the event; asked of the upstream only when selected.',
  })
  conversation(@Root() { conversationId }: ConversationEvent): Conversation | null {
    return conversationId === null ? null : toConversation(conversationId);
  }
}

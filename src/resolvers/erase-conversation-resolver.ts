import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { EraseConversationInput } from '../schema/erase-conversation-input.js';
import { EraseConversationPayload } from '../schema/erase-conversation-payload.js';
import { idInput } from './id-input.js';
import { toConversation } from './to-graphql.js';

@Resolver()
export class EraseConversationResolver {
  @Mutation(() => EraseConversationPayload, {
    description:
      "Deletes all events of a conversation from this gateway's log; its existing cursors expire. Data in the contact centre is not affected.",
  })
  async eraseConversation(
    @Arg('input', () => EraseConversationInput) input: EraseConversationInput,
    @Ctx() context: RequestContext,
  ): Promise<EraseConversationPayload> {
    const { id: conversationId, userErrors } = idInput('Conversation', 'conversationId', input.conversationId);
    if (userErrors.length > 0) return { conversation: null, removedEvents: null, userErrors };
    const removedEvents = await context.log.erase(conversationId);
    context.services.projections.forget(conversationId);
    context.services.history.forget(conversationId);
    context.services.known.forget(conversationId);
    context.resetLoaders();
    return { conversation: toConversation(conversationId), removedEvents, userErrors: [] };
  }
}

import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { LeaveConversationInput } from '../schema/leave-conversation-input.js';
import { LeaveConversationPayload } from '../schema/leave-conversation-payload.js';
import { idInput } from './id-input.js';
import { toConversation } from './to-graphql.js';
import { toUserErrors } from './user-errors.js';

@Resolver()
export class LeaveConversationResolver {
  @Mutation(() => LeaveConversationPayload, {
    description: 'Removes the customer from the conversation, which ends the interaction and releases its agent.',
  })
  async leaveConversation(
    @Arg('input', () => LeaveConversationInput) input: LeaveConversationInput,
    @Ctx() context: RequestContext,
  ): Promise<LeaveConversationPayload> {
    const { id: conversationId, userErrors } = idInput('Conversation', 'conversationId', input.conversationId);
    if (userErrors.length > 0) return { conversation: null, userErrors };
    try {
      const { api, services, span } = context;
      if (services.echoes === null) await api.leaveAsCustomer(conversationId);
      else await services.echoes.leaveAsCustomer(conversationId, span);
    } catch (error) {
      return { conversation: null, userErrors: toUserErrors(error, 'conversationId') };
    }
    context.resetLoaders();
    return { conversation: toConversation(conversationId), userErrors: [] };
  }
}

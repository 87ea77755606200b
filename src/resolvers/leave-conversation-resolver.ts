import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../context.js';
import { vendorId } from '../schema/global-id.js';
import { LeaveConversationInput } from '../schema/leave-conversation-input.js';
import { LeaveConversationPayload } from '../schema/leave-conversation-payload.js';
import { conversationOf } from './present.js';
import { refusal, userError } from './user-errors.js';

@Resolver()
export class LeaveConversationResolver {
  @Mutation(() => LeaveConversationPayload, { description: 'The customer leaves, which ends the interaction and frees its agent.' })
  async leaveConversation(
    @Arg('input', () => LeaveConversationInput) input: LeaveConversationInput,
    @Ctx() context: RequestContext,
  ): Promise<LeaveConversationPayload> {
    const conversationId = vendorId('Conversation', input.conversationId);
    if (!conversationId)
      return { conversation: null, userErrors: [userError('INVALID', ['conversationId'], 'This is no id of a conversation.')] };
    try {
      await context.api.customerLeaves(conversationId);
    } catch (error) {
      return { conversation: null, userErrors: refusal(error, 'conversationId') };
    }
    context.renew();
    return { conversation: conversationOf(conversationId), userErrors: [] };
  }
}

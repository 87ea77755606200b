import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { vendorId } from '../schema/global-id.js';
import { ScheduleReturnToBotInput } from '../schema/schedule-return-to-bot-input.js';
import { ScheduleReturnToBotPayload } from '../schema/schedule-return-to-bot-payload.js';
import { changeConversation, rangeErrors } from './run-mutation.js';
import type { ChangePayload } from './run-mutation.js';
import { requireCapability } from './require-capability.js';
import { userError } from './user-errors.js';

@Resolver()
export class ScheduleReturnToBotResolver {
  @Mutation(() => ScheduleReturnToBotPayload, {
    description: 'Schedules the return of the conversation to a bot once its agent has left, for example for a survey.',
  })
  scheduleReturnToBot(
    @Arg('input', () => ScheduleReturnToBotInput) input: ScheduleReturnToBotInput,
    @Ctx() context: RequestContext,
  ): Promise<ChangePayload> {
    requireCapability(context, 'RETURN_TO_BOT');
    const { notifyChannelWebhook = null, maxTotalMinutes = null, userTimeoutMinutes = null } = input;
    const webhookId = vendorId('Webhook', input.webhookId);
    return changeConversation(context, {
      conversationId: input.conversationId,
      userErrors: [
        ...(webhookId ? [] : [userError('INVALID', ['webhookId'], 'Not a webhook id.')]),
        ...rangeErrors('maxTotalMinutes', maxTotalMinutes, 20, 600),
        ...rangeErrors('userTimeoutMinutes', userTimeoutMinutes, 10, 300),
      ],
      make: (conversationId) =>
        context.api.scheduleReturnToBot(conversationId, {
          webhookId: webhookId ?? '',
          notifyChannelWebhook,
          maxTotalMinutes,
          userTimeoutMinutes,
        }),
    });
  }
}

import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { ExecuteCardInput } from '../schema/execute-card-input.js';
import { ExecuteCardPayload } from '../schema/execute-card-payload.js';
import { SubmitCardInput } from '../schema/submit-card-input.js';
import { SubmitCardPayload } from '../schema/submit-card-payload.js';
import type { UserError } from '../schema/user-error.js';
import { changeConversation } from './run-mutation.js';
import type { ChangePayload } from './run-mutation.js';
import { requireCapability } from './require-capability.js';
import { userError } from './user-errors.js';

@Resolver()
export class CardResolver {
  @Mutation(() => SubmitCardPayload, {
    description:
      'Reports that the customer submitted an Adaptive Card, which produces a `CardActionInvoked` event. To choose a quick reply, send its title as a message instead.',
  })
  submitCard(@Arg('input', () => SubmitCardInput) input: SubmitCardInput, @Ctx() context: RequestContext): Promise<ChangePayload> {
    const { cardId, name = null } = input;
    return useCard(context, input, (conversationId) => context.api.submitCard(conversationId, cardId, name));
  }

  @Mutation(() => ExecuteCardPayload, {
    description: 'Reports that an action of an Adaptive Card was executed, which produces a `CardActionInvoked` event.',
  })
  executeCard(@Arg('input', () => ExecuteCardInput) input: ExecuteCardInput, @Ctx() context: RequestContext): Promise<ChangePayload> {
    const { cardId, name = null } = input;
    return useCard(context, input, (conversationId) => context.api.executeCard(conversationId, cardId, name));
  }
}

function useCard(
  context: RequestContext,
  { conversationId, cardId }: SubmitCardInput | ExecuteCardInput,
  make: (conversationId: string) => Promise<void>,
): Promise<ChangePayload> {
  requireCapability(context, 'CARDS');
  const userErrors: UserError[] = cardId === '' ? [userError('REQUIRED', ['cardId'], 'cardId is required.')] : [];
  return changeConversation(context, { conversationId, userErrors, subject: 'cardId', make });
}

import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { UpdateConversationInput } from '../schema/update-conversation-input.js';
import { UpdateConversationPayload } from '../schema/update-conversation-payload.js';
import type { UserError } from '../schema/user-error.js';
import { customerErrors, toCustomer } from './customer-of-input.js';
import { idInput } from './id-input.js';
import { toConversation } from './to-graphql.js';
import { requireCapability } from './require-capability.js';
import { toUserErrors, userError } from './user-errors.js';

@Resolver()
export class UpdateConversationResolver {
  @Mutation(() => UpdateConversationPayload, {
    description: 'Updates the customer data of a conversation, assigns the conversation to a queue or script, or both.',
  })
  async updateConversation(
    @Arg('input', () => UpdateConversationInput) input: UpdateConversationInput,
    @Ctx() context: RequestContext,
  ): Promise<UpdateConversationPayload> {
    requireCapability(context, 'UPDATE_CONVERSATION');
    if (input.assignment) requireCapability(context, 'ASSIGNMENT');
    const { id: conversationId, userErrors } = idInput('Conversation', 'conversationId', input.conversationId);
    const errors = [...userErrors, ...changeErrors(input)];
    if (errors.length > 0) return { conversation: null, userErrors: errors };
    try {
      const customer = input.customer && hasValues(input.customer) ? toCustomer(input.customer) : null;
      await context.api.updateConversation(conversationId, { customer, assignment: input.assignment ?? null });
    } catch (error) {
      return { conversation: null, userErrors: toUserErrors(error, 'conversationId') };
    }
    context.resetLoaders();
    return { conversation: toConversation(conversationId), userErrors: [] };
  }
}

function changeErrors({ customer, assignment }: UpdateConversationInput): UserError[] {
  if (!assignment && !(customer && hasValues(customer))) {
    return [userError('REQUIRED', null, 'At least one of `customer` and `assignment` must be set.')];
  }
  const targetErrors = assignment?.targetId === '' ? [userError('REQUIRED', ['assignment', 'targetId'], 'A target id is required.')] : [];
  return [...(customer ? customerErrors(customer) : []), ...targetErrors];
}

/** Whether any field is set to more than null or an empty string. */
const hasValues = (customer: object): boolean =>
  Object.values(customer).some((value) => value !== null && value !== undefined && value !== '');

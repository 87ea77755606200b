import type { RequestContext } from '../context/request-context.js';
import type { Conversation } from '../schema/conversation.js';
import { vendorId } from '../schema/global-id.js';
import type { UserError } from '../schema/user-error.js';
import { toConversation } from './to-graphql.js';
import { toUserErrors, userError } from './user-errors.js';

/** The payload of a mutation that changes a conversation and returns nothing else. */
export interface ChangePayload {
  readonly conversation: Conversation | null;
  readonly userErrors: readonly UserError[];
}

/** The change to make, what was found wrong with the input beforehand, and which input names what may not be there (by default the conversation's). */
export interface Change {
  readonly conversationId: string;
  readonly userErrors?: readonly UserError[];
  readonly subject?: string;
  readonly make: (conversationId: string) => Promise<void>;
}

/** Makes the change unless something is wrong with its input, and turns an upstream's rejection into `userErrors`. */
export async function changeConversation(context: RequestContext, change: Change): Promise<ChangePayload> {
  const { userErrors = [], subject = 'conversationId', make } = change;
  const conversationId = vendorId('Conversation', change.conversationId);
  if (!conversationId)
    return {
      conversation: null,
      userErrors: [userError('INVALID', ['conversationId'], 'Not a conversation id.'), ...userErrors],
    };
  if (userErrors.length > 0) return { conversation: null, userErrors };
  try {
    await make(conversationId);
  } catch (error) {
    return { conversation: null, userErrors: toUserErrors(error, subject) };
  }
  context.resetLoaders();
  return { conversation: toConversation(conversationId), userErrors: [] };
}

/** What is wrong with a whole number that must lie between two bounds; nothing where it is not given. */
export function rangeErrors(field: string, value: number | null | undefined, least: number, most: number): UserError[] {
  if (value === null || value === undefined || (value >= least && value <= most)) return [];
  return [userError('INVALID', [field], `\`${field}\` must be between ${least} and ${most}; got ${value}.`)];
}

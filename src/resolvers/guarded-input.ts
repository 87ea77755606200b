import { bindCustomer, rejectReason } from '../auth/customer-input.js';
import type { GuardedInput } from '../auth/customer-input.js';
import type { Rule } from '../auth/rules.js';
import type { RequestContext } from '../context/request-context.js';
import { ForbiddenError } from '../domain/errors.js';
import { fromGlobalId, vendorId } from '../schema/global-id.js';
import type { UserError } from '../schema/user-error.js';
import { userError } from './user-errors.js';

/** The fields of mutation inputs that rules check. */
export interface MutationInput extends GuardedInput {
  readonly conversationId?: string;
  readonly attachmentIds?: readonly string[] | null;
}

/** The input as the viewer may send it. Throws `ForbiddenError` if it sets what the viewer may not set. */
export function guardedInput(rule: Rule | undefined, input: MutationInput, { viewer }: RequestContext): MutationInput {
  const reason = rejectReason(viewer, input);
  const bound = reason ?? (rule === 'OWN_CREATION' ? bindCustomer(viewer, input) : input);
  if (typeof bound === 'string') throw new ForbiddenError(bound);
  return bound;
}

/** A customer may send only files that were uploaded to the very conversation: else it could fetch anybody's by sending them to itself. */
export async function attachmentErrors(input: MutationInput, { viewer, api, requestId }: RequestContext): Promise<UserError[]> {
  const { attachmentIds, conversationId = '' } = input;
  const inConversation = vendorId('Conversation', conversationId);
  if (viewer.role !== 'CUSTOMER' || !attachmentIds?.length || !inConversation) return [];
  // A read of its own: one that is in flight may have begun before the upload was there.
  const own = new Set((await api.attachments(inConversation, { asOf: requestId })).map(({ attachmentId }) => attachmentId));
  const isOwn = (id: string) =>
    own.has(vendorId('Attachment', id) ?? '') && (fromGlobalId(id)?.parts[0] ?? inConversation) === inConversation;
  return attachmentIds.flatMap((id, index) =>
    isOwn(id) ? [] : [userError('NOT_FOUND', ['attachmentIds', String(index)], 'No such attachment in this conversation.')],
  );
}

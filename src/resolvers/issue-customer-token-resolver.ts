import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { MAX_CONVERSATIONS, MAX_TTL_SECONDS } from '../auth/token-settings.js';
import { ForbiddenError } from '../domain/errors.js';
import { vendorId } from '../schema/global-id.js';
import { IssueCustomerTokenInput } from '../schema/issue-customer-token-input.js';
import { IssueCustomerTokenPayload } from '../schema/issue-customer-token-payload.js';
import type { UserError } from '../schema/user-error.js';
import { rangeErrors } from './run-mutation.js';
import { userError } from './user-errors.js';

const TTL_SECONDS = 3_600;

@Resolver()
export class IssueCustomerTokenResolver {
  @Mutation(() => IssueCustomerTokenPayload, {
    description: 'Issues a token limited to the given conversations, for a backend to pass to its app.',
  })
  async issueCustomerToken(
    @Arg('input', () => IssueCustomerTokenInput) input: IssueCustomerTokenInput,
    @Ctx() { services: { customerTokens } }: RequestContext,
  ): Promise<IssueCustomerTokenPayload> {
    if (!customerTokens.canIssue) throw new ForbiddenError('Token issuing is disabled: AUTH_SECRET is not set.');
    const ttlSeconds = input.ttlSeconds ?? TTL_SECONDS;
    const ids = input.conversationIds.map((id) => vendorId('Conversation', id) ?? '');
    const userErrors = [...idsErrors(ids), ...rangeErrors('ttlSeconds', ttlSeconds, 1, MAX_TTL_SECONDS)];
    if (userErrors.length > 0) return { token: null, expiresAt: null, userErrors };
    return { ...(await customerTokens.issue(ids, ttlSeconds)), userErrors };
  }
}

function idsErrors(ids: readonly string[]): UserError[] {
  if (ids.length === 0) return [userError('REQUIRED', ['conversationIds'], 'At least one conversation id is required.')];
  if (ids.length > MAX_CONVERSATIONS)
    return [userError('TOO_MANY', ['conversationIds'], `A token may list at most ${MAX_CONVERSATIONS} conversations; got ${ids.length}.`)];
  return ids.flatMap((id, index) =>
    id === '' ? [userError('INVALID', ['conversationIds', String(index)], 'Not a conversation id.')] : [],
  );
}

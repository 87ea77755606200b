import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { UpstreamRejectedError } from '../domain/errors.js';
import { MAX_PAGE_SIZE } from '../domain/page-limit.js';
import { CreateConversationInput } from '../schema/create-conversation-input.js';
import { CreateConversationPayload } from '../schema/create-conversation-payload.js';
import type { HistoryMessageInput } from '../schema/history-message-input.js';
import type { UserError } from '../schema/user-error.js';
import { vendorId } from '../schema/global-id.js';
import { customerErrors, toCustomer } from './customer-of-input.js';
import { keyErrors, withIdempotencyKey } from './with-idempotency-key.js';
import { isChannelMissing } from './require-channel.js';
import { toConversation } from './to-graphql.js';
import { requireCapability } from './require-capability.js';
import { MAX_HISTORY, toUserErrors, userError } from './user-errors.js';

@Resolver()
export class CreateConversationResolver {
  @Mutation(() => CreateConversationPayload, {
    description: 'Creates a conversation and queues its first interaction. Subscribe after `cursor` to receive its events.',
  })
  async createConversation(
    @Arg('input', () => CreateConversationInput) input: CreateConversationInput,
    @Ctx() context: RequestContext,
  ): Promise<CreateConversationPayload> {
    const userErrors = [
      ...channelErrors(input),
      ...customerErrors(input.customer),
      ...historyErrors(input.history ?? []),
      ...keyErrors(input),
    ];
    if (userErrors.length > 0) return { conversation: null, cursor: null, userErrors };
    if (input.assignment) requireCapability(context, 'ASSIGNMENT');
    if (input.history?.some(({ cards }) => cards?.length)) requireCapability(context, 'CARDS');
    const created = await withIdempotencyKey(context, 'createConversation', input, nothingCreated, () => create(context, input));
    const { conversationId } = created;
    if (conversationId === null) return { conversation: null, cursor: null, userErrors: created.userErrors };
    return { conversation: toConversation(conversationId), cursor: context.log.origin({ conversationId }), userErrors: [] };
  }
}

interface Created {
  readonly conversationId: string | null;
  readonly userErrors: readonly UserError[];
}

const nothingCreated = (userErrors: UserError[]): Created => ({ conversationId: null, userErrors });

async function create(context: RequestContext, input: CreateConversationInput): Promise<Created> {
  const channelId = vendorId('Channel', input.channelId) ?? '';
  try {
    const { conversationId } = await context.api.createConversation({
      channelId,
      customer: toCustomer(input.customer),
      assignment: input.assignment ?? null,
      history: (input.history ?? []).map(({ sentAs, text, cards }) => ({
        sender: sentAs,
        text: text ?? null,
        attachmentIds: [],
        cards: cards ?? [],
      })),
    });
    context.services.known.remember({ conversationId, channelId });
    context.resetLoaders();
    await nameHistory(context, conversationId, input.history?.length ?? 0);
    return { conversationId, userErrors: [] };
  } catch (error) {
    if (error instanceof UpstreamRejectedError && (await isChannelMissing(context, channelId)))
      return nothingCreated([userError('NOT_FOUND', ['channelId'], 'There is no such channel.')]);
    return nothingCreated(toUserErrors(error, 'channelId'));
  }
}

function channelErrors({ channelId }: CreateConversationInput): UserError[] {
  const id = vendorId('Channel', channelId);
  if (id === '') return [userError('REQUIRED', ['channelId'], 'A channel id is required.')];
  return id === null ? [userError('INVALID', ['channelId'], 'Expected a channel id.')] : [];
}

function historyErrors(history: readonly HistoryMessageInput[]): UserError[] {
  if (history.length > MAX_HISTORY)
    return [userError('TOO_MANY', ['history'], `\`history\` must hold at most ${MAX_HISTORY} messages; got ${history.length}.`)];
  return history.flatMap(({ text, cards }, index) =>
    !text && !cards?.length ? [userError('REQUIRED', ['history', String(index)], 'A message needs text or cards.')] : [],
  );
}

/**
 * Assigns identities to the history's messages before anybody writes, so that a later message with the same content is distinct from them (ADR 5). If they cannot
 * be read now, the next query assigns them.
 */
async function nameHistory({ loaders }: RequestContext, conversationId: string, count: number): Promise<void> {
  for (let from = 0; from < count; from += MAX_PAGE_SIZE) {
    await loaders.messages.window(conversationId, { kind: 'first', count: MAX_PAGE_SIZE, from, before: null }).catch(() => undefined);
  }
}

import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { OutcomeUnknownError } from '../domain/errors.js';
import { messageDigest } from '../domain/message-digest.js';
import { isWellFormed } from '../domain/well-formed.js';
import { vendorId } from '../schema/global-id.js';
import { SendMessageInput } from '../schema/send-message-input.js';
import { SendMessagePayload } from '../schema/send-message-payload.js';
import type { UserError } from '../schema/user-error.js';
import { keyErrors, withIdempotencyKey } from './with-idempotency-key.js';
import { toConversation } from './to-graphql.js';
import { requireCapability } from './require-capability.js';
import { chooseSender } from './sender.js';
import { MAX_LABEL, toUserErrors, userError } from './user-errors.js';

@Resolver()
export class SendMessageResolver {
  @Mutation(() => SendMessagePayload, {
    description: 'Sends a message, whose echo arrives as `MessageAdded`. If the conversation is idle, it starts a new interaction.',
  })
  async sendMessage(
    @Arg('input', () => SendMessageInput) input: SendMessageInput,
    @Ctx() context: RequestContext,
  ): Promise<SendMessagePayload> {
    const userErrors = inputErrors(input);
    const conversationId = vendorId('Conversation', input.conversationId);
    if (userErrors.length > 0 || conversationId === null) return toPayload(nothingSent(userErrors));
    if (input.attachmentIds?.length) requireCapability(context, 'ATTACHMENTS');
    if (input.cards?.length) requireCapability(context, 'CARDS');
    return toPayload(await withIdempotencyKey(context, 'sendMessage', input, nothingSent, () => sent(context, conversationId, input)));
  }
}

interface Sent {
  readonly conversationId: string | null;
  readonly cursor: string | null;
  readonly startsNewInteraction: boolean | null;
  readonly userErrors: readonly UserError[];
}

const nothingSent = (userErrors: UserError[]): Sent => ({ conversationId: null, cursor: null, startsNewInteraction: null, userErrors });

const toPayload = ({ conversationId, ...rest }: Sent): SendMessagePayload => ({
  conversation: conversationId === null ? null : toConversation(conversationId),
  ...rest,
});

async function sent(context: RequestContext, conversationId: string, input: SendMessageInput): Promise<Sent> {
  const cursor = await context.loaders.cursor({ conversationId });
  const { state } = await context.services.projections.of(conversationId);
  try {
    await send(context, conversationId, input);
  } catch (error) {
    return nothingSent(toUserErrors(error, 'conversationId'));
  }
  context.resetLoaders();
  const startsNewInteraction = state === 'NONE' || state === 'LEFT' ? null : state === 'IDLE';
  return { conversationId, cursor, startsNewInteraction, userErrors: [] };
}

async function send(context: RequestContext, conversationId: string, input: SendMessageInput): Promise<void> {
  const { api, log, services } = context;
  const message = {
    sender: chooseSender(context, input.sendAs),
    text: input.text ?? null,
    attachmentIds: (input.attachmentIds ?? []).map((id) => vendorId('Attachment', id) ?? id),
    cards: input.cards ?? [],
  };
  const digest = messageDigest({
    author: { type: message.sender },
    text: message.text,
    attachments: message.attachmentIds.map((attachmentId) => ({ attachmentId })),
    cards: message.cards,
  });
  const sentAt = new Date(services.clock());
  const handle = await log.registerPendingSend({ conversationId, digest, clientMessageId: input.clientMessageId ?? null, sentAt });
  try {
    if (services.echoes === null) await api.sendMessage(conversationId, message);
    else await services.echoes.sendMessage(conversationId, message, { handle, sentAt }, context.span);
  } catch (error) {
    // Even if the log is unavailable, the caller gets the reason why it was not sent.
    if (!(error instanceof OutcomeUnknownError)) await log.cancelPendingSend(handle).catch(() => undefined);
    throw error;
  }
}

function inputErrors(input: SendMessageInput): UserError[] {
  const { conversationId, text, attachmentIds, cards, clientMessageId } = input;
  const errors: UserError[] = [];
  const id = vendorId('Conversation', conversationId);
  if (id === '') errors.push(userError('REQUIRED', ['conversationId'], 'A conversation id is required.'));
  if (id === null) errors.push(userError('INVALID', ['conversationId'], 'Expected a conversation id.'));
  if (!text && !attachmentIds?.length && !cards?.length)
    errors.push(userError('REQUIRED', ['text'], 'A message needs text, attachments or cards.'));
  if ((clientMessageId?.length ?? 0) > MAX_LABEL)
    errors.push(userError('TOO_LONG', ['clientMessageId'], `Must be at most ${MAX_LABEL} characters.`));
  if (clientMessageId != null && !isWellFormed(clientMessageId))
    errors.push(userError('INVALID', ['clientMessageId'], 'Must not contain an unpaired surrogate.'));
  return [...errors, ...keyErrors(input)];
}

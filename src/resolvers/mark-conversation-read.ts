import { CUSTOMER_READER, readerOfViewer } from '../auth/reader-of-viewer.js';
import type { RequestContext } from '../context/request-context.js';
import { BadUserInputError, InvalidFieldError, NotFoundError } from '../domain/errors.js';
import { moveReadMarker } from '../events/history/read-markers.js';
import type { ReadUpTo } from '../events/history/read-markers.js';
import type { EventLog } from '../events/port/event-log.js';
import type { MarkReadInput } from '../schema/mark-read-input.js';
import { chooseSender } from './sender.js';

/** Moves the reader's marker, durably, and then reports it to an upstream that takes receipts. Rejects with `InvalidFieldError` for a cursor of something else and a time before 1970, with `NotFoundError` if neither the log nor the upstream knows the conversation. */
export async function markConversationRead(
  context: RequestContext,
  conversationId: string,
  { readAt = null, cursor = null, sendAs }: MarkReadInput,
): Promise<void> {
  const { api, log, viewer, loaders, services } = context;
  if (readAt !== null && readAt.getTime() < 0) throw new InvalidFieldError(['readAt'], '`readAt` must not be before 1970.');
  const sender = chooseSender(context, sendAs);
  const reader = sender === 'CUSTOMER' ? CUSTOMER_READER : readerOfViewer(viewer);
  const isInInbox = await moveReadMarker(log, conversationId, reader, toUpTo(cursor, readAt)).catch((error: unknown) => {
    if (cursor === null || !(error instanceof BadUserInputError)) throw error;
    throw new InvalidFieldError(['cursor'], 'Not a cursor of this conversation.');
  });
  if (api.capabilities.has('READ_RECEIPTS')) {
    const upTo = readAt ?? (cursor === null ? null : await findTime(log, conversationId, cursor)) ?? new Date(services.clock());
    await api.markRead(conversationId, sender, upTo).catch(async (error: unknown) => {
      // The contact centre does not have the conversation (any more), but the log does: there is nobody to inform.
      if (!(error instanceof NotFoundError) || !(await log.hasEvents(conversationId))) throw error;
    });
  } else if (!isInInbox) await loaders.requireConversation(conversationId);
}

function toUpTo(cursor: string | null, readAt: Date | null): ReadUpTo {
  if (cursor !== null) return { cursor };
  return readAt === null ? 'ALL' : { time: readAt };
}

/** When the last event up to a cursor happened; null if none is stored. */
async function findTime(log: EventLog, conversationId: string, cursor: string): Promise<Date | null> {
  const scope = { conversationId };
  const [next] = (await log.read(scope, { after: cursor, limit: 1 })).events;
  const [last] = (await log.read(scope, { limit: 1, fromEnd: true, ...(next === undefined ? {} : { before: next.cursor }) })).events;
  return last?.event.occurredAt ?? null;
}

import type { ConversationRecord, InteractionRecord } from './conversation.js';
import { IMPORT_MARGIN_MS } from './healing.js';
import type { MessageRecord } from './message.js';

/**
 * From when on the messages of a conversation must have events, though none of it may be known: not those of the history that it was created with. `from`: nothing earlier is
 * looked for; `messages`: oldest first.
 *
 * That history is imported at the moment of creation, and is written by customers and bots alone. So what is later than anything that shows the conversation to exist was
 * not imported: the start of its first interaction, or its first message, and a margin. Neither was an agent's message, nor what is later.
 */
export function findExpectedFrom(
  from: Date,
  { createdAt }: Pick<ConversationRecord, 'createdAt'>,
  interactions: readonly Pick<InteractionRecord, 'startedAt'>[],
  messages: readonly Pick<MessageRecord, 'author' | 'createdAt'>[],
): Date {
  const times = [createdAt, ...interactions.map(({ startedAt }) => startedAt), ...messages.map((message) => message.createdAt)];
  const existsAt = Math.min(...times.map((time) => time?.getTime() ?? Infinity));
  if (existsAt === Infinity) return from;
  const answered = messages.find(({ author }) => author.type !== 'CUSTOMER' && author.type !== 'BOT')?.createdAt?.getTime() ?? Infinity;
  // The history of a conversation that is created in the same moment as it is answered cannot be distinguished from what follows.
  const importedBefore = answered > existsAt ? Math.min(answered, existsAt + IMPORT_MARGIN_MS) : existsAt + IMPORT_MARGIN_MS;
  return new Date(Math.max(from.getTime(), importedBefore));
}

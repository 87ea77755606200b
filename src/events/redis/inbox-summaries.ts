import type { ConversationEvent } from '../../domain/event.js';
import { authorClass } from '../../domain/inbox-reader.js';
import { foldSummary, isActivity, isStateEvent, parseSummary } from '../../domain/inbox-summary.js';
import type { InboxSummary } from '../../domain/inbox-summary.js';
import { decodeEvent } from '../port/event-codec.js';
import type { Argument, Commands } from './script.js';
import { readInboxEntries, storeSummaryScript } from './scripts/inbox.js';
import type { InboxReply } from './scripts/inbox.js';

/** Arguments of `appendScript` for an event that does not change the inbox. */
const NO_ACTIVITY: readonly Argument[] = ['', '', '', ''];

/** What an append writes to its conversation's entry in the inbox: arguments of `appendScript`. */
export function toInboxArguments(event: ConversationEvent): readonly Argument[] {
  if (event.conversationId === null || !isActivity(event.type)) return NO_ACTIVITY;
  return [event.conversationId, authorClass(event) ?? '', event.occurredAt.getTime(), isStateEvent(event) ? '1' : ''];
}

/** An entry's summary with the state events that it lacks; null if it lacks none. */
export function completeSummary(reply: NonNullable<InboxReply>): InboxSummary | null {
  const [, , , , shown, , , , , , unfolded, folded, events] = reply;
  if (unfolded === null) return null;
  const stored = shown === null || folded === null ? null : parseSummary(shown, folded);
  return foldSummary(stored, events.map((json) => decodeEvent(json)).filter(isStateEvent));
}

/** Stores a completed summary, unless it has changed since it was read. Returns whether it has not. */
export async function storeSummary(
  commands: Commands,
  located: { readonly base: string; readonly hash: string },
  unfolded: string | null,
  { shown, folded }: InboxSummary,
): Promise<boolean> {
  return (await storeSummaryScript.run(commands, located, unfolded ?? '', JSON.stringify(shown), JSON.stringify(folded))) === 1;
}

/** Completes the stored summaries of conversations (hashes) of one partition. */
export async function keepSummaries(commands: Commands, base: string, conversations: readonly string[]): Promise<void> {
  for (let rest = conversations; rest.length > 0;) {
    const [, , replies] = await readInboxEntries(commands, base, rest, { reader: '', withMessages: false });
    const stored = await Promise.all(
      rest.map(async (hash, index) => {
        const reply = replies[index] ?? null;
        const summary = reply === null ? null : completeSummary(reply);
        return reply === null || summary === null || storeSummary(commands, { base, hash }, reply[10], summary);
      }),
    );
    rest = rest.filter((_, index) => stored[index] !== true);
  }
}

import type { ConversationEvent } from '../../domain/event.js';
import { authorClass } from '../../domain/inbox-reader.js';
import { foldSummary, isActivity, isStateEvent, parseSummary } from '../../domain/inbox-summary.js';
import { keyOf } from './keys.js';
import type { Keys, Location } from './keys.js';
import type { Argument, Commands } from './script.js';
import { readSummary } from './scripts/inbox.js';

/** Arguments of `appendScript` for an event that does not change the inbox. */
const NO_ACTIVITY: readonly Argument[] = ['', '', '', '', '', ''];

/**
 * What an append writes to its conversation's entry in the inbox: arguments of `appendScript`. A summary is folded here, from what was read, and written only if no gateway has
 * changed it in between.
 */
export async function toInboxArguments(
  event: ConversationEvent,
  { commands, keys }: { readonly commands: Commands; readonly keys: Keys },
  { partition, hash }: Location,
): Promise<readonly Argument[]> {
  if (event.conversationId === null || !isActivity(event.type)) return NO_ACTIVITY;
  const own = [event.conversationId, authorClass(event) ?? '', event.occurredAt.getTime()];
  if (!isStateEvent(event)) return [...own, '', '', ''];
  const [shown = null, folded = null, changes = null] = await readSummary(commands, keyOf('b', { base: keys.base(partition), hash }));
  const summary = foldSummary(shown === null || folded === null ? null : parseSummary(shown, folded), [event]);
  return [...own, JSON.stringify(summary.shown), JSON.stringify(summary.folded), changes ?? '0'];
}

import { authorClass } from '../../domain/inbox-reader.js';
import { foldSummary, isActivity, isStateEvent } from '../../domain/inbox-summary.js';
import type { InboxSummary } from '../../domain/inbox-summary.js';
import { decodeEvent } from '../port/event-codec.js';
import { keyOf } from './keys.js';
import type { Keys, Located } from './keys.js';
import type { Argument, Commands } from './script.js';
import { fillInboxScript, findUnfilledScript } from './scripts/inbox.js';

/** Entries of a feed, or events of a conversation, read at a time. */
const STEP = 500;

type StreamEntry = [position: string, fields: string[]];

/**
 * Puts the conversations of a log of an earlier format into the inbox. May be interrupted and repeated, by several gateways in parallel: each conversation is filled in one step, and
 * only if it is not there yet.
 */
export async function fillInbox(commands: Commands, keys: Keys): Promise<void> {
  for (const { base } of keys.all()) {
    const done = new Set<string>();
    for (let from = '-', count = STEP; count === STEP;) {
      const entries: StreamEntry[] = await commands.xrange(`${base}f`, from, '+', 'COUNT', STEP);
      count = entries.length;
      for (const [position, [, hash = '']] of entries) {
        from = `(${position}`;
        if (!done.has(hash)) await fillConversation(commands, { base, hash });
        done.add(hash);
      }
    }
  }
}

async function fillConversation(commands: Commands, located: Located): Promise<void> {
  for (;;) {
    const last = await findUnfilledScript.run(commands, located);
    if (last === null) return;
    const entry = await makeEntry(commands, located);
    if (entry === null || (await fillInboxScript.run(commands, located, located.hash, last, ...entry)) === 1) return;
  }
}

/** The time of the last activity (epoch µs), and the entry's fields and values. Null if the conversation has no activity. */
async function makeEntry(commands: Commands, located: Located): Promise<readonly Argument[] | null> {
  let [activity, received, stored, id]: [string, string, string, string | null] = ['', '', '', null];
  let summary: InboxSummary | null = null;
  let newest: { readonly position: string; readonly occurredAt: number } | null = null;
  const counts = { CUSTOMER: 0, BOT: 0, OTHER: 0 };
  for (let from = '-', count = STEP; count === STEP;) {
    const entries: StreamEntry[] = await commands.xrange(keyOf('e', located), from, '+', 'COUNT', STEP);
    count = entries.length;
    for (const [position, [, , , , , receivedAt = '', , json = '', , storedAt]] of entries) {
      from = `(${position}`;
      const event = decodeEvent(json);
      if (event.conversationId === null || !isActivity(event.type)) continue;
      [activity, received, stored, id] = [position, receivedAt, storedAt ?? `${receivedAt}000`, event.conversationId];
      if (isStateEvent(event)) summary = foldSummary(summary, [event]);
      const author = authorClass(event);
      if (author === null) continue;
      counts[author] += 1;
      const occurredAt = event.occurredAt.getTime();
      if (newest === null || occurredAt >= newest.occurredAt) newest = { position, occurredAt };
    }
  }
  if (id === null) return null;
  return [
    ...[
      stored,
      'c',
      id,
      'a',
      activity,
      't',
      received,
      'n',
      counts.CUSTOMER + counts.BOT + counts.OTHER,
      'nc',
      counts.CUSTOMER,
      'nb',
      counts.BOT,
    ],
    ...(newest === null ? [] : ['m', newest.position, 'o', newest.occurredAt]),
    ...(summary === null ? [] : ['s', JSON.stringify(summary.shown), 'f', JSON.stringify(summary.folded)]),
  ];
}

import type { Clock } from '../../../domain/clock.js';
import type { ConversationRecord, InteractionRecord } from '../../../domain/conversation.js';
import type { EventType } from '../../../domain/event.js';
import { findExpectedFrom } from '../../../domain/import-boundary.js';
import { START_TOLERANCE_MS } from '../../../domain/interaction-start.js';
import { CLOCK_TOLERANCE_MS } from '../../../domain/message-matching.js';
import type { MessageRecord } from '../../../domain/message.js';
import { MAX_PAGE_SIZE } from '../../../domain/page-limit.js';
import type { StateEvent } from '../../../domain/projection.js';
import { findUnheardChanges } from '../../../domain/unheard-changes.js';
import type { UnheardChanges, UnheardEvent } from '../../../domain/unheard-changes.js';
import type { Window, WindowOf } from '../../../domain/window.js';
import type { MessageHealer } from '../../history/heal-messages.js';
import type { Projections } from '../../history/projections.js';
import type { EventLog } from '../../port/event-log.js';
import type { Appended } from '../../port/stored-event.js';

/** No more of a conversation is read per look: 2,000 messages. */
const MAX_PAGES = 20;

/** What is read of the upstream, at low priority. */
export interface UpstreamReads {
  conversation(conversationId: string): Promise<ConversationRecord | null>;
  /** Oldest first. */
  interactions(conversationId: string): Promise<readonly InteractionRecord[]>;
  messages(conversationId: string, window: Window): Promise<WindowOf<MessageRecord>>;
  /** The queue that a channel leads to; null if unknown. */
  channelQueueId(channelId: string): Promise<string | null>;
}

export interface HealConversationOptions {
  readonly upstream: UpstreamReads;
  readonly log: Pick<EventLog, 'append' | 'erasedAt'>;
  readonly projections: Pick<Projections, 'stateEvents' | 'of'>;
  /** Null if the upstream's messages cannot be distinguished. */
  readonly healer: Pick<MessageHealer, 'healMessages'> | null;
  readonly clock: Clock;
  /** How long an event may be on its way before it counts as missing, in milliseconds. */
  readonly afterMs: number;
  /** Nothing older is healed, in milliseconds (`healingReachMs`). */
  readonly reachMs: number;
  /** Called with each event that is appended here, duplicates included. */
  readonly onAppended: (appended: Appended) => void;
}

export interface HealRequest {
  /** What has happened since then should have events. */
  readonly since: Date;
  /** Appends nothing; counts what would be appended. */
  readonly dryRun?: boolean;
  /** It was over when it was listed: a single call shows whether anything has happened in it since then. */
  readonly isEnded?: boolean;
}

/** The result of one look at a conversation. */
export interface ConversationHealing {
  /** Events appended, or to be appended in a dry run, by type. */
  readonly healed: Readonly<Partial<Record<EventType, number>>>;
  /** Something may have to be healed later: too recent, or not certain. */
  readonly isPending: boolean;
  /** By the upstream: an interaction is in progress, or about to begin. */
  readonly isOpen: boolean;
}

/** Rejects as upstream calls and the log do; then what was appended stays, and the rest is to be healed by the next look. */
export type HealConversation = (conversationId: string, request: HealRequest) => Promise<ConversationHealing>;

/** What was read for one look. */
interface Read {
  readonly record: ConversationRecord;
  readonly interactions: readonly InteractionRecord[];
  readonly records: readonly MessageRecord[];
  /** What affects the state. */
  readonly events: readonly StateEvent[];
  readonly readAt: Date;
  readonly from: Date;
  /** Nothing earlier is healed, epoch milliseconds. */
  readonly earliest: number;
}

const NOTHING: ConversationHealing = { healed: {}, isPending: false, isOpen: false };

/** Compares a conversation with what the upstream shows of it, and appends what no event has reported. Three upstream calls, and one for each further page of messages. */
export function createHealConversation(options: HealConversationOptions): HealConversation {
  const { upstream, log, projections, healer, clock, afterMs, reachMs } = options;
  const findUnheard = async (conversationId: string, read: Read): Promise<UnheardChanges> => {
    const { record, interactions, records, events, readAt, from, earliest } = read;
    const hasChangedSince =
      interactions.some((interaction) => isSince(interaction, from)) || records.some(({ createdAt }) => isAfter(createdAt, from));
    // Nothing is known of it, and nothing has happened in it since then: what it is like now is no change.
    if (events.length === 0 && !hasChangedSince) return { events: [], pending: false };
    const firstAt = Math.min(...events.map(({ occurredAt }) => occurredAt.getTime())) - START_TOLERANCE_MS;
    const view = { record, interactions, readAt, channelQueueId: await findChannelQueue(upstream, record, events) };
    return findUnheardChanges(conversationId, events, view, {
      overdueBefore: new Date(readAt.getTime() - afterMs),
      from: new Date(Math.max(Math.min(from.getTime(), firstAt), earliest)),
    });
  };
  return async (conversationId, { since, dryRun = false, isEnded = false }) => {
    const readAt = new Date(clock());
    const erasedAt = await log.erasedAt(conversationId);
    const earliest = Math.max(readAt.getTime() - reachMs, (erasedAt?.getTime() ?? -Infinity) + CLOCK_TOLERANCE_MS);
    const from = new Date(Math.max(since.getTime(), earliest));
    const known = isEnded ? await upstream.interactions(conversationId) : null;
    if (known?.every((interaction) => !isSince(interaction, from)) === true) return NOTHING;
    const record = await upstream.conversation(conversationId);
    if (record === null) return NOTHING;
    const interactions = known ?? (await upstream.interactions(conversationId));
    const records = healer === null ? [] : await readMessages(upstream, conversationId, from);
    const expectedFrom = findExpectedFrom(from, record, interactions, records);
    // After the upstream's answers: what was reported meanwhile is known.
    const events = await projections.stateEvents(conversationId);
    const { events: unheard, pending } = await findUnheard(conversationId, {
      record,
      interactions,
      records,
      events,
      readAt,
      from,
      earliest,
    });
    const isBeginning = ({ type }: UnheardEvent) => type === 'INTERACTION_QUEUED';
    const append = async (changes: readonly UnheardEvent[]) => {
      if (dryRun) return changes;
      const appended: UnheardEvent[] = [];
      for (const event of changes) {
        const stored = await log.append(event);
        options.onAppended(stored);
        if (!stored.duplicate) appended.push(event);
      }
      return appended;
    };
    // In the order in which they happened, so far as that is possible in one conversation.
    const begun = await append(unheard.filter(isBeginning));
    const messages =
      healer === null || records.length === 0
        ? { healed: 0, pending: 0 }
        : await healer.healMessages(conversationId, records, { since: expectedFrom, dryRun });
    const changed = await append(unheard.filter((event) => !isBeginning(event)));
    return {
      healed: countByType([...begun, ...changed], messages.healed),
      isPending: pending || messages.pending > 0,
      isOpen: record.upstreamState !== 'IDLE',
    };
  };
}

const isAfter = (time: Date | null, from: Date): boolean => time !== null && time.getTime() >= from.getTime() - CLOCK_TOLERANCE_MS;

/** It has begun or ended since then. */
const isSince = ({ startedAt, endedAt }: InteractionRecord, from: Date): boolean => isAfter(startedAt, from) || isAfter(endedAt, from);

/** The messages from that time on, oldest first, and some before. */
async function readMessages(upstream: UpstreamReads, conversationId: string, from: Date): Promise<readonly MessageRecord[]> {
  const pages: (readonly MessageRecord[])[] = [];
  let before: number | null = null;
  while (pages.length < MAX_PAGES) {
    const page: WindowOf<MessageRecord> = await upstream.messages(conversationId, { kind: 'last', count: MAX_PAGE_SIZE, from: 0, before });
    pages.unshift(page.items);
    const oldest = page.items[0]?.createdAt ?? null;
    if (!page.hasMore || oldest === null || oldest < from) break;
    before = page.start;
  }
  return pages.flat();
}

/** Asked for only where an interaction may have begun whose queue nothing else shows. */
async function findChannelQueue(
  upstream: UpstreamReads,
  { channelId }: ConversationRecord,
  events: readonly { readonly type: EventType }[],
) {
  const isNeeded = channelId !== null && !events.some(({ type }) => type === 'INTERACTION_QUEUED');
  return isNeeded ? upstream.channelQueueId(channelId) : null;
}

function countByType(events: readonly UnheardEvent[], messages: number): Partial<Record<EventType, number>> {
  const counts: Partial<Record<EventType, number>> = messages === 0 ? {} : { MESSAGE_ADDED: messages };
  for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

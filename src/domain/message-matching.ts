import { derivedId } from './message-identity.js';
import type { ListedMessage, MessageIdentity } from './message-identity.js';
import { matchInOrder } from './match-in-order.js';

/** How far the contact centre's times of one message may differ between history and event, and its clock from ours: 10 s. */
export const CLOCK_TOLERANCE_MS = 10_000;
/** How long after it was sent a message may appear, as an echo or in history: 10 min. */
export const ECHO_WINDOW_MS = 600_000;

/** An event that arrives so long after its time is late: 20 s. */
const LATE_MS = 20_000;
/** How far from a late event a message may be that was healed in its place: 60 s. */
const LATE_REACH_MS = 60_000;

/** A message's identity with what matching needs. Times are epoch milliseconds. */
export interface IdentityRecord extends MessageIdentity {
  readonly digest: string;
  /** By the upstream's history; null until it lists the message, or if it lists no times. */
  readonly listedAt: number | null;
  readonly eventId: string | null;
  /** By the event; until one arrives, when we sent the message; null if we did not send it, so that an event may never arrive. */
  readonly occurredAt: number | null;
  /** An event of ours reports the message (`domain/healing.ts`), and its own event, which `eventId` still lacks, may arrive late. */
  readonly isHealed?: boolean;
}

/** A message that we sent and that neither an event nor history has shown yet. */
export interface PendingSend {
  readonly handle: string;
  readonly digest: string;
  readonly clientMessageId: string | null;
  readonly sentAt: number;
}

export interface ObservedEvent {
  readonly eventId: string;
  readonly digest: string;
  readonly occurredAt: number;
  /** When it arrived; null if unknown. */
  readonly receivedAt?: number | null;
  /** Handle of the send whose echo this own event is; null if unknown. */
  readonly echoOf?: string | null;
}

/** The result of matching: identities that are new or changed, and the handles of sends that were matched. */
export interface MatchResult {
  readonly changed: readonly IdentityRecord[];
  readonly matchedSends: readonly string[];
}

const NOTHING_KNOWN = { listedId: null, listedAt: null, eventId: null, occurredAt: null };

const timeOf = ({ createdAt }: ListedMessage): number | null => createdAt?.getTime() ?? null;

/** Between two times of one message; 0 if either is unknown. */
const distance = (a: number | null, b: number | null): number => (a === null || b === null ? 0 : Math.abs(a - b));

const beyondTolerance = (ms: number): number => Math.max(0, ms - CLOCK_TOLERANCE_MS);

/** Between the times of a listed message and an event; null if they cannot be of one message. */
function distanceInTolerance(message: ListedMessage, { occurredAt }: IdentityRecord): number | null {
  const distanceTo = distance(timeOf(message), occurredAt);
  return beyondTolerance(distanceTo) === 0 ? distanceTo : null;
}

/** Whether a sent message can be the one with this time. */
const canMatch = ({ sentAt }: PendingSend, at: number | null): boolean =>
  at === null || (at >= sentAt - CLOCK_TOLERANCE_MS && at <= sentAt + ECHO_WINDOW_MS);

/** The send whose echo this is: the oldest within the tolerance, because equal texts arrive in the order in which they were sent; else the nearest. */
function findSend(sends: readonly PendingSend[], at: number): PendingSend | undefined {
  const late = (send: PendingSend) => beyondTolerance(Math.abs(at - send.sentAt));
  return sends.filter((send) => canMatch(send, at)).sort((a, b) => late(a) - late(b) || a.sentAt - b.sentAt)[0];
}

/** We sent it, and its echo has not arrived. */
const isAwaitingEcho = ({ eventId, occurredAt }: IdentityRecord): boolean => eventId === null && occurredAt !== null;

/** The listed message that this is: the nearest within the tolerance without an event yet, preferring those that we sent. */
function findListed(identities: readonly IdentityRecord[], at: number): IdentityRecord | undefined {
  const rank = (identity: IdentityRecord) => (isAwaitingEcho(identity) ? 0 : 1);
  const distanceTo = (identity: IdentityRecord) => distance(identity.listedAt, at);
  // For lists without times: our own event has the time of its send.
  const distanceToSend = (identity: IdentityRecord) => distance(identity.occurredAt, at);
  return identities
    .filter((identity) => identity.eventId === null && identity.listedId !== null && beyondTolerance(distanceTo(identity)) === 0)
    .sort((a, b) => rank(a) - rank(b) || distanceTo(a) - distanceTo(b) || distanceToSend(a) - distanceToSend(b))[0];
}

/**
 * How far from an event a listed message may be that is its own: further where the event is late, since its message may have been healed by then, and, of equal texts, others' events
 * may have taken the places near it.
 */
export const matchReachMs = ({ occurredAt, receivedAt = null }: Pick<ObservedEvent, 'occurredAt' | 'receivedAt'>): number =>
  receivedAt !== null && receivedAt - occurredAt >= LATE_MS ? LATE_REACH_MS : CLOCK_TOLERANCE_MS;

/** The nearest healed message that no event has been matched with, for a late event that no other is left for. */
function findHealed(identities: readonly IdentityRecord[], at: number, reachMs: number): IdentityRecord | undefined {
  return identities
    .filter(({ isHealed, listedAt }) => isHealed === true && distance(listedAt, at) <= reachMs)
    .sort((a, b) => distance(a.listedAt, at) - distance(b.listedAt, at))[0];
}

/**
 * Matches an event to a message's identity. `identities`: those of the conversation with the event's digest that are listed and have no event (others make no difference);
 * `sends`: all of the conversation with that digest.
 *
 * If history has listed the message, the event gets its identity. However, if a message that we sent at that time is still unmatched, the event counts as its echo, and
 * the listed ones as older messages with the same text. A late event that finds none is taken for that of a healed message further away (`matchReachMs`). Otherwise the event starts a new identity. The echo of a known send (`echoOf`) matches no other send: one whose
 * outcome is unknown may stay unmatched forever.
 */
export function matchEvent(
  { eventId, digest, occurredAt, receivedAt = null, echoOf = null }: ObservedEvent,
  identities: readonly IdentityRecord[],
  sends: readonly PendingSend[],
): MatchResult & { identity: IdentityRecord } {
  const ownSend = sends.find(({ handle }) => handle === echoOf);
  const send = ownSend ?? (echoOf === null ? findSend(sends, occurredAt) : undefined);
  const reachMs = matchReachMs({ occurredAt, receivedAt });
  const isLate = reachMs > CLOCK_TOLERANCE_MS && send === undefined;
  const near = ownSend === undefined ? findListed(identities, occurredAt) : undefined;
  const listed = near === undefined && isLate ? findHealed(identities, occurredAt, reachMs) : near;
  const isSentAtThatTime = send !== undefined && beyondTolerance(Math.abs(occurredAt - send.sentAt)) === 0;
  if (listed !== undefined && (isAwaitingEcho(listed) || !isSentAtThatTime)) {
    if (listed.isHealed === true) return { identity: listed, changed: [], matchedSends: [] };
    const identity = { ...listed, eventId, occurredAt };
    return { identity, changed: [identity], matchedSends: [] };
  }
  const clientMessageId = send?.clientMessageId ?? null;
  const identity: IdentityRecord = { ...NOTHING_KNOWN, id: `e${eventId}`, digest, eventId, occurredAt, clientMessageId };
  return { identity, changed: [identity], matchedSends: send === undefined ? [] : [send.handle] };
}

/**
 * Like `matchEvent`, for an event that comes so late that nothing may be known of its message although history lists it. `listed`: the messages of the event's content that
 * history lists around its time; `identities`, `sends`: as for `matchListed`. Only what belongs to an event or to a send is to be stored.
 */
export function matchLateEvent(
  event: ObservedEvent,
  listed: readonly ListedMessage[],
  identities: readonly IdentityRecord[],
  sends: readonly PendingSend[],
): MatchResult & { identity: IdentityRecord } {
  const before = matchListed(listed, identities, sends);
  const changedIds = new Set(before.changed.map(({ id }) => id));
  const known = [...identities.filter(({ id }) => !changedIds.has(id)), ...before.changed];
  const match = matchEvent(
    event,
    known.filter(({ digest, listedId }) => digest === event.digest && listedId !== null),
    sends.filter(({ handle, digest }) => digest === event.digest && !before.matchedSends.includes(handle)),
  );
  const others = before.changed.filter(
    ({ id, eventId, clientMessageId }) => id !== match.identity.id && (eventId !== null || clientMessageId !== null),
  );
  return { ...match, changed: [...others, ...match.changed], matchedSends: [...before.matchedSends, ...match.matchedSends] };
}

/**
 * Matches messages of history, in the list's order (oldest first). `identities`: all of the conversation with one of their ids or digests, in order of `occurredAt`;
 * `sends`: those with one of their digests, in the order in which they were sent. A message whose event arrived first keeps the event's identity; each event and each send
 * is matched once.
 */
export function matchListed(
  messages: readonly ListedMessage[],
  identities: readonly IdentityRecord[],
  sends: readonly PendingSend[],
): MatchResult & { identities: readonly IdentityRecord[] } {
  const known = new Map<string, IdentityRecord>();
  const unlisted: IdentityRecord[] = [];
  for (const identity of identities) {
    if (identity.listedId === null) unlisted.push(identity);
    else known.set(identity.listedId, identity);
  }
  const unknown = new Map<string, ListedMessage>();
  for (const message of messages) if (!known.has(message.listedId)) unknown.set(message.listedId, message);
  const observed = groupByDigest(unlisted);
  const sent = groupByDigest(sends);
  const [changed, matchedSends]: [IdentityRecord[], string[]] = [[], []];
  for (const [digest, alike] of groupByDigest(unknown.values())) {
    const result = matchSameDigest(alike, observed.get(digest) ?? NONE, sent.get(digest) ?? NONE);
    changed.push(...result.changed);
    matchedSends.push(...result.matchedSends);
  }
  for (const identity of changed) if (identity.listedId !== null) known.set(identity.listedId, identity);
  return {
    identities: messages.map(({ listedId }) => known.get(listedId)).filter((identity) => identity !== undefined),
    changed,
    matchedSends,
  };
}

const NONE: readonly never[] = [];

function groupByDigest<T extends { readonly digest: string }>(items: Iterable<T>): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.digest);
    if (group === undefined) groups.set(item.digest, [item]);
    else group.push(item);
  }
  return groups;
}

/** Matches messages of one digest, all of them newly listed; `observed`: identities that only events have shown. */
function matchSameDigest(messages: readonly ListedMessage[], observed: readonly IdentityRecord[], sends: readonly PendingSend[]) {
  const [message, identity] = [messages[0], observed[0]];
  // As nearly always: there is nothing to choose from.
  if (message !== undefined && identity !== undefined && messages.length + observed.length + sends.length === 2)
    return { changed: [matchPair(message, identity)], matchedSends: NONE };
  const { identities, echoes } = messages.every(({ createdAt }) => createdAt === null)
    ? matchByOrder(messages, observed, sends)
    : matchByTime(messages, observed, sends);
  const changed = messages.map((message) => {
    const identity = identities.get(message);
    return identity === undefined ? listedRecord(message, echoes.get(message)) : observedRecord(message, identity);
  });
  return { changed, matchedSends: [...echoes.values()].map(({ handle }) => handle) };
}

const matchPair = (message: ListedMessage, identity: IdentityRecord): IdentityRecord =>
  distanceInTolerance(message, identity) === null ? listedRecord(message, undefined) : observedRecord(message, identity);

/** The record of a message that an event has shown and history lists now. Written out, without spreads: a page holds many. */
const observedRecord = (
  { listedId, createdAt }: ListedMessage,
  { id, clientMessageId, digest, eventId, occurredAt }: IdentityRecord,
): IdentityRecord & { readonly listedId: string } => ({
  id,
  listedId,
  clientMessageId,
  digest,
  listedAt: createdAt?.getTime() ?? null,
  eventId,
  occurredAt,
});

/** The record of a listed message that no event has shown. Written out, without spreads: a page holds many. */
function listedRecord(message: ListedMessage, send: PendingSend | undefined): IdentityRecord & { readonly listedId: string } {
  const { listedId, digest } = message;
  return {
    id: derivedId(listedId),
    listedId,
    clientMessageId: send?.clientMessageId ?? null,
    digest,
    listedAt: timeOf(message),
    eventId: null,
    occurredAt: send?.sentAt ?? null,
  };
}

interface SameDigestMatches {
  readonly identities: ReadonlyMap<ListedMessage, IdentityRecord>;
  readonly echoes: ReadonlyMap<ListedMessage, PendingSend>;
}

function matchByTime(
  messages: readonly ListedMessage[],
  observed: readonly IdentityRecord[],
  sends: readonly PendingSend[],
): SameDigestMatches {
  const identities = matchInOrder(messages, observed, distanceInTolerance);
  const unobserved = messages.filter((message) => !identities.has(message));
  const echoes = matchInOrder(unobserved, sends, (message, send) =>
    canMatch(send, timeOf(message)) ? distance(timeOf(message), send.sentAt) : null,
  );
  return { identities, echoes };
}

/**
 * In a list without times only the order counts: events and sends are merged by our clock. If the list is shorter, sends are left out first, since their outcome may
 * be unknown.
 */
function matchByOrder(
  messages: readonly ListedMessage[],
  observed: readonly IdentityRecord[],
  sends: readonly PendingSend[],
): SameDigestMatches {
  const ours = [
    ...observed.map((identity) => ({ identity, send: null, at: identity.occurredAt ?? -Infinity })),
    ...sends.map((send) => ({ identity: null, send, at: send.sentAt })),
  ].sort((a, b) => a.at - b.at);
  const pairs = [...matchInOrder(messages, ours, (_, { send }) => (send === null ? 0 : 1))];
  return {
    identities: new Map(pairs.flatMap(([message, { identity }]) => (identity === null ? [] : [[message, identity]]))),
    echoes: new Map(pairs.flatMap(([message, { send }]) => (send === null ? [] : [[message, send]]))),
  };
}

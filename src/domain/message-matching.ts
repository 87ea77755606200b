import type { ListedMessage, MessageIdentity } from './message-identity.js';
import { pairInOrder } from './match-in-order.js';

/** How far apart the contact centre's times for one message may lie in its history and in its event, and its clock from ours: 10 s. */
export const CLOCK_TOLERANCE_MS = 10_000;
/** How long after it was sent a message may still turn up, as an echo or in history: 10 min. */
export const ECHO_WINDOW_MS = 600_000;

/** A name with what alignment must remember of it. Times are epoch milliseconds. */
export interface IdentityRecord extends MessageIdentity {
  readonly digest: string;
  /** By the upstream's history; null while it has not listed the message, or lists no times. */
  readonly listedAt: number | null;
  readonly eventId: string | null;
  /** By the event; while none came, when we sent the message; null where we did not, so that it may be one of which no event will tell. */
  readonly occurredAt: number | null;
}

/** A message that we sent and have not met again yet. */
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
  /** Handle of the send whose echo it surely is, as the event is our own; null where that is to be found. */
  readonly echoOf?: string | null;
}

/** What naming changed: names that are new or know more than before, and sends that were met. */
export interface MatchResult {
  readonly changed: readonly IdentityRecord[];
  readonly met: readonly string[];
}

const NOTHING_KNOWN = { listedId: null, listedAt: null, eventId: null, occurredAt: null };

const timeOf = ({ createdAt }: ListedMessage): number | null => createdAt?.getTime() ?? null;

/** Between two times of one message, as far as they are told. */
const distance = (a: number | null, b: number | null): number => (a === null || b === null ? 0 : Math.abs(a - b));

const beyondTolerance = (apart: number): number => Math.max(0, apart - CLOCK_TOLERANCE_MS);

/** Whether what we sent can be the message of this time. */
const mayBe = ({ sentAt }: PendingSend, at: number | null): boolean =>
  at === null || (at >= sentAt - CLOCK_TOLERANCE_MS && at <= sentAt + ECHO_WINDOW_MS);

/** The send whose echo this is: the oldest of those within the tolerance, because equal texts arrive in the order in which they were sent; else the nearest. */
function sendOf(sends: readonly PendingSend[], at: number): PendingSend | undefined {
  const late = (send: PendingSend) => beyondTolerance(Math.abs(at - send.sentAt));
  return sends.filter((send) => mayBe(send, at)).sort((a, b) => late(a) - late(b) || a.sentAt - b.sentAt)[0];
}

/** We sent it, and its echo is still to come. */
const isDue = ({ eventId, occurredAt }: IdentityRecord): boolean => eventId === null && occurredAt !== null;

/** The listed message that this is: the nearest of those within the tolerance that no event told yet, what we sent ourselves before all else. */
function listedOf(names: readonly IdentityRecord[], at: number): IdentityRecord | undefined {
  const rank = (name: IdentityRecord) => (isDue(name) ? 0 : 1);
  const apart = (name: IdentityRecord) => distance(name.listedAt, at);
  // Of lists without times: our own event is dated as its send was.
  const sentApart = (name: IdentityRecord) => distance(name.occurredAt, at);
  return names
    .filter((name) => name.eventId === null && name.listedId !== null && beyondTolerance(apart(name)) === 0)
    .sort((a, b) => rank(a) - rank(b) || apart(a) - apart(b) || sentApart(a) - sentApart(b))[0];
}

/**
 * Names a message met as an event. `names`: those of the conversation with the event's digest that history listed and no event told (others make no difference);
 * `sends`: all of the conversation with that digest.
 *
 * If history listed the message before, the event takes that name. But while a message that we sent just then is met nowhere, the event is taken for its echo, and what
 * history lists for older messages of the same text. Otherwise the event gives the name. An event that is surely a send's echo takes no other's: that one may wait for
 * ever, as its outcome was unknown.
 */
export function matchEvent(
  { eventId, digest, occurredAt, echoOf = null }: ObservedEvent,
  names: readonly IdentityRecord[],
  sends: readonly PendingSend[],
): MatchResult & { name: IdentityRecord } {
  const ownSend = sends.find(({ handle }) => handle === echoOf);
  const send = ownSend ?? (echoOf === null ? sendOf(sends, occurredAt) : undefined);
  const listed = ownSend === undefined ? listedOf(names, occurredAt) : undefined;
  const isSentJustThen = send !== undefined && beyondTolerance(Math.abs(occurredAt - send.sentAt)) === 0;
  if (listed !== undefined && (isDue(listed) || !isSentJustThen)) {
    const name = { ...listed, eventId, occurredAt };
    return { name, changed: [name], met: [] };
  }
  const clientMessageId = send?.clientMessageId ?? null;
  const name: IdentityRecord = { ...NOTHING_KNOWN, id: `e${eventId}`, digest, eventId, occurredAt, clientMessageId };
  return { name, changed: [name], met: send === undefined ? [] : [send.handle] };
}

/**
 * Names messages met in history, given in the list's order (oldest first). `names`: all of the conversation that carry one of their ids or digests, in order of `occurredAt`;
 * `sends`: those with one of their digests, in the order in which they were sent. A message whose event came before keeps the event's name; each event and each send is
 * used once.
 */
export function matchListed(
  sightings: readonly ListedMessage[],
  names: readonly IdentityRecord[],
  sends: readonly PendingSend[],
): MatchResult & { names: readonly IdentityRecord[] } {
  const known = new Map(names.flatMap((name) => (name.listedId === null ? [] : [[name.listedId, name] as const])));
  const unnamed = new Map(sightings.filter(({ listedId }) => !known.has(listedId)).map((sighting) => [sighting.listedId, sighting]));
  const digests = new Set([...unnamed.values()].map(({ digest }) => digest));
  const namings = [...digests].map((digest) =>
    nameAlike(
      [...unnamed.values()].filter((sighting) => sighting.digest === digest),
      names.filter((name) => name.digest === digest && name.listedId === null),
      sends.filter((send) => send.digest === digest),
    ),
  );
  const changed = namings.flatMap((naming) => naming.changed);
  for (const name of changed) known.set(name.listedId, name);
  return {
    names: sightings.map(({ listedId }) => known.get(listedId)).filter((name) => name !== undefined),
    changed,
    met: namings.flatMap(({ met }) => met),
  };
}

/** Names messages of one digest, all of them met in history for the first time; `told`: those met as events only. */
function nameAlike(sightings: readonly ListedMessage[], told: readonly IdentityRecord[], sends: readonly PendingSend[]) {
  const { names, echoes } = sightings.every(({ createdAt }) => createdAt === null)
    ? pairedByOrder(sightings, told, sends)
    : pairedByTime(sightings, told, sends);
  const changed = sightings.map((sighting) => {
    const { listedId, digest } = sighting;
    const { clientMessageId = null, sentAt: occurredAt = null } = echoes.get(sighting) ?? {};
    const name: IdentityRecord = names.get(sighting) ?? { ...NOTHING_KNOWN, id: `m${listedId}`, digest, occurredAt, clientMessageId };
    return { ...name, listedId, listedAt: timeOf(sighting) };
  });
  return { changed, met: [...echoes.values()].map(({ handle }) => handle) };
}

interface Paired {
  readonly names: ReadonlyMap<ListedMessage, IdentityRecord>;
  readonly echoes: ReadonlyMap<ListedMessage, PendingSend>;
}

function pairedByTime(sightings: readonly ListedMessage[], told: readonly IdentityRecord[], sends: readonly PendingSend[]): Paired {
  const names = pairInOrder(sightings, told, (sighting, { occurredAt }) => {
    const apart = distance(timeOf(sighting), occurredAt);
    return beyondTolerance(apart) === 0 ? apart : null;
  });
  const untold = sightings.filter((sighting) => !names.has(sighting));
  const echoes = pairInOrder(untold, sends, (sighting, send) =>
    mayBe(send, timeOf(sighting)) ? distance(timeOf(sighting), send.sentAt) : null,
  );
  return { names, echoes };
}

/**
 * In a list without times only the order counts: what events reported and what may have been sent, together, by our clock. Where the list is shorter than that, the ones
 * missing from it are rather those of which nobody knows whether they were sent.
 */
function pairedByOrder(sightings: readonly ListedMessage[], told: readonly IdentityRecord[], sends: readonly PendingSend[]): Paired {
  const ours = [
    ...told.map((name) => ({ name, send: null, at: name.occurredAt ?? -Infinity })),
    ...sends.map((send) => ({ name: null, send, at: send.sentAt })),
  ].sort((a, b) => a.at - b.at);
  const pairs = [...pairInOrder(sightings, ours, (_, { send }) => (send === null ? 0 : 1))];
  return {
    names: new Map(pairs.flatMap(([sighting, { name }]) => (name === null ? [] : [[sighting, name]]))),
    echoes: new Map(pairs.flatMap(([sighting, { send }]) => (send === null ? [] : [[sighting, send]]))),
  };
}

import type { ListedSighting, MessageName } from './message-name.js';

/** How far apart the contact centre's times for one message may lie in its history and in its event, and its clock from ours: 10 s. */
export const CLOCK_TOLERANCE_MS = 10_000;
/** How long after it was sent a message may still turn up, as an echo or in history: 10 min. */
export const ECHO_WINDOW_MS = 600_000;

/** A name with what alignment must remember of it. Times are epoch milliseconds. */
export interface NameRecord extends MessageName {
  readonly digest: string;
  /** By the upstream's history; null while it has not listed the message, or lists no times. */
  readonly listedAt: number | null;
  readonly eventId: string | null;
  /** By the event; null while none came. */
  readonly occurredAt: number | null;
}

/** A message that we sent and have not met again yet. */
export interface PendingSend {
  readonly handle: string;
  readonly digest: string;
  readonly clientMessageId: string | null;
  readonly sentAt: number;
}

export interface EventSighting {
  readonly eventId: string;
  readonly digest: string;
  readonly occurredAt: number;
}

/** What naming changed: names that are new or know more than before, and sends that were met. */
export interface Naming {
  readonly changed: readonly NameRecord[];
  readonly met: readonly string[];
}

const distance = (a: number | null, b: number | null): number => (a === null || b === null ? 0 : Math.abs(a - b));

/** The oldest send that may be the message of this time; oldest, because equal texts arrive in the order in which they were sent. */
function oldestSend(sends: readonly PendingSend[], at: number | null): PendingSend | null {
  const possible = sends.filter(({ sentAt }) => at === null || (at >= sentAt - CLOCK_TOLERANCE_MS && at <= sentAt + ECHO_WINDOW_MS));
  return possible.reduce<PendingSend | null>((oldest, send) => (oldest === null || send.sentAt < oldest.sentAt ? send : oldest), null);
}

/**
 * Names a message met as an event. `names` and `sends`: all of the conversation with the event's digest.
 *
 * If history listed the message before, the event takes that name: the nearest in time of those without an event, unless a message that we sent since
 * lies nearer (then the listed one is an older message of the same text). Otherwise the event gives the name.
 */
export function nameEvent(
  event: EventSighting,
  names: readonly NameRecord[],
  sends: readonly PendingSend[],
): Naming & { name: NameRecord } {
  const send = oldestSend(sends, event.occurredAt);
  const nearestSend = send === null ? Infinity : Math.min(...sends.map(({ sentAt }) => Math.abs(event.occurredAt - sentAt)));
  let listed: NameRecord | null = null;
  for (const name of names) {
    if (name.eventId !== null || name.listedId === null) continue;
    const apart = distance(name.listedAt, event.occurredAt);
    if (apart > CLOCK_TOLERANCE_MS || (apart > nearestSend && name.clientMessageId === null)) continue;
    if (listed === null || apart < distance(listed.listedAt, event.occurredAt)) listed = name;
  }
  if (listed !== null) {
    const name = { ...listed, eventId: event.eventId, occurredAt: event.occurredAt };
    return { name, changed: [name], met: [] };
  }
  const name: NameRecord = {
    key: `e${event.eventId}`,
    digest: event.digest,
    listedId: null,
    listedAt: null,
    eventId: event.eventId,
    occurredAt: event.occurredAt,
    clientMessageId: send?.clientMessageId ?? null,
  };
  return { name, changed: [name], met: send === null ? [] : [send.handle] };
}

interface Pair {
  readonly sighting: ListedSighting;
  readonly name: NameRecord;
  readonly apart: number;
}

/** Every sighting with every event that it may be, nearest first; equally near ones in the order of the list, then of the events. */
function possiblePairs(sightings: readonly ListedSighting[], names: readonly NameRecord[]): Pair[] {
  const pairs: Pair[] = [];
  for (const sighting of sightings) {
    for (const name of names) {
      if (name.listedId !== null || name.digest !== sighting.digest) continue;
      const apart = distance(sighting.createdAt?.getTime() ?? null, name.occurredAt);
      if (apart <= CLOCK_TOLERANCE_MS) pairs.push({ sighting, name, apart });
    }
  }
  return pairs.sort((a, b) => a.apart - b.apart);
}

/**
 * Names messages met in history, given in the list's order (oldest first). `names`: all of the conversation that carry one of their ids or digests, in order of `occurredAt`;
 * `sends`: those with one of their digests. A message whose event came before keeps the event's name; each event and each send is used once.
 */
export function nameListed(
  sightings: readonly ListedSighting[],
  names: readonly NameRecord[],
  sends: readonly PendingSend[],
): Naming & { names: readonly NameRecord[] } {
  const byListedId = new Map(names.flatMap((name) => (name.listedId === null ? [] : [[name.listedId, name] as const])));
  const changed: NameRecord[] = [];
  const give = (sighting: ListedSighting, name: NameRecord) => {
    byListedId.set(sighting.listedId, name);
    changed.push(name);
  };

  const used = new Set<string>();
  for (const { sighting, name } of possiblePairs(
    sightings.filter(({ listedId }) => !byListedId.has(listedId)),
    names,
  )) {
    if (used.has(name.key) || byListedId.has(sighting.listedId)) continue;
    used.add(name.key);
    give(sighting, { ...name, listedId: sighting.listedId, listedAt: sighting.createdAt?.getTime() ?? null });
  }

  const met = new Set<string>();
  for (const sighting of sightings) {
    if (byListedId.has(sighting.listedId)) continue;
    const listedAt = sighting.createdAt?.getTime() ?? null;
    const send = oldestSend(
      sends.filter(({ handle, digest }) => digest === sighting.digest && !met.has(handle)),
      listedAt,
    );
    if (send !== null) met.add(send.handle);
    give(sighting, {
      key: `m${sighting.listedId}`,
      digest: sighting.digest,
      listedId: sighting.listedId,
      listedAt,
      eventId: null,
      occurredAt: null,
      clientMessageId: send?.clientMessageId ?? null,
    });
  }
  return {
    names: sightings.map(({ listedId }) => byListedId.get(listedId)).filter((name) => name !== undefined),
    changed,
    met: [...met],
  };
}

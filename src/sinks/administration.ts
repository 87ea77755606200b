import type { EventLog } from '../events/port/event-log.js';
import type { DeadLetter, DeliveryFailure, SinkState } from '../events/port/sink-store.js';

/** How many dead letters of each sink are listed. */
export const LISTED_DEAD_LETTERS = 1_000;

/** A sink as operators see it. JSON: times are ISO 8601. */
export interface SinkStatus {
  readonly sink: string;
  /** Null unless it is disabled. */
  readonly disabled: { readonly at: Date; readonly reason: string } | null;
  readonly shards: number;
  /** How many of them a running gateway delivers. */
  readonly ownedShards: number;
  /** When the oldest event was received that may not be delivered yet; null if there is none. */
  readonly behindSince: Date | null;
  /** When the receiver last accepted an event, as running gateways have recorded it; null if never. */
  readonly acceptedAt: Date | null;
  /** The last failed attempt, which may have succeeded since; null if none failed. */
  readonly lastFailure: DeliveryFailure | null;
  /** Ids in its `channelIds` of which the contact centre has no channel, as a gateway has last seen. */
  readonly unknownChannels: readonly string[];
  readonly deadLetterCount: number;
  /** The oldest first, `LISTED_DEAD_LETTERS` at most. */
  readonly deadLetters: readonly DeadLetter[];
}

/** What became of a request to send dead letters again. */
export interface RetryRequested {
  readonly sink: string;
  /** Whether it was disabled before. */
  readonly enabled: boolean;
  /** How many dead letters will be sent again. */
  readonly requested: number;
}

/** What operators ask of sinks: at the command line, or of a running gateway through its socket. */
export type SinkCommand =
  | { readonly command: 'status'; readonly sink: string | null }
  | { readonly command: 'retry'; readonly sink: string | null; readonly eventId: string | null };

type Log = Pick<EventLog, 'read' | 'sinks'>;

/** `sink`: null for all. An unknown one yields an empty list. */
export async function administerSinks(log: Log, command: SinkCommand): Promise<readonly SinkStatus[] | readonly RetryRequested[]> {
  const states = (await log.sinks.states()).filter(({ sink }) => command.sink === null || sink === command.sink);
  if (command.command === 'status') return Promise.all(states.map((state) => toStatus(log, state)));
  return Promise.all(
    states.map(async ({ sink }) => ({
      sink,
      enabled: command.eventId === null && (await log.sinks.enable(sink)),
      requested: await log.sinks.requestRetry(sink, command.eventId),
    })),
  );
}

async function toStatus(log: Log, state: SinkState): Promise<SinkStatus> {
  const { sink, disabled, shards, deadLetters, unknownChannels, acceptedAt, lastFailure } = state;
  const cursors = [...new Set(shards.map(({ cursor }) => cursor))];
  const next = await Promise.all(cursors.map((cursor) => findNext(log, cursor)));
  const times = next.filter((time) => time !== null).map((time) => time.getTime());
  return {
    sink,
    disabled,
    shards: shards.length,
    ownedShards: shards.filter(({ owned }) => owned).length,
    behindSince: times.length === 0 ? null : new Date(Math.min(...times)),
    acceptedAt,
    lastFailure,
    unknownChannels,
    deadLetterCount: deadLetters,
    deadLetters: await log.sinks.deadLetters(sink, LISTED_DEAD_LETTERS),
  };
}

/** When the event after a cursor was received; null if there is none, or if the log was replaced since. */
async function findNext(log: Log, after: string): Promise<Date | null> {
  const page = await log.read('all', { after, limit: 1, skipRemoved: true }).catch(() => null);
  return page?.events[0]?.event.receivedAt ?? null;
}

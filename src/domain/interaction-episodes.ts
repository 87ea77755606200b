import type { AgentRef, QueueRef } from './events/event-table.js';
import type { Handling, HandlingFact } from './interaction-metrics.js';

/** The stored form until version 0.1: folded, one episode per period between two ends. Times are epoch milliseconds. */
export interface Episode {
  readonly fromStart: boolean;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly queues: readonly { readonly queue: QueueRef; readonly queuedAt: number }[];
  readonly handledBy: readonly { readonly agent: AgentRef; readonly joinedAt: number | null; readonly leftAt: number | null }[];
  readonly transferCount: number;
  readonly firstResponseAt: number | null;
}

/** Whether this was stored by an earlier version. */
export const isEpisode = (stored: HandlingFact | Episode): stored is Episode => 'handledBy' in stored;

/** The facts that episodes were folded from, as far as stored. The time of a transfer was not: it is when the agent left, if known. */
export function factsOfEpisodes(episodes: readonly Episode[]): Handling {
  return episodes.flatMap(({ fromStart, startedAt, endedAt, queues, handledBy, transferCount, firstResponseAt }) => {
    const leavings = handledBy.flatMap(({ leftAt }) => leftAt ?? []);
    const [first] = handledBy;
    return [
      ...queues.map(({ queue, queuedAt }) => ({ kind: 'QUEUED', at: queuedAt, queue }) as const),
      ...handledBy.flatMap(({ agent, joinedAt, leftAt }): Handling => [
        ...(joinedAt === null ? [] : [{ kind: 'JOINED', at: joinedAt, agent } as const]),
        ...(leftAt === null ? [] : [{ kind: 'LEFT', at: leftAt, agent } as const]),
      ]),
      ...Array.from({ length: transferCount }, (_, index) => ({
        kind: 'TRANSFERRED' as const,
        at: fromStart ? (leavings[index] ?? queues.at(-1)?.queuedAt ?? startedAt) : startedAt,
      })),
      ...(firstResponseAt === null || first === undefined ? [] : [{ kind: 'SAID', at: firstResponseAt, agent: first.agent } as const]),
      ...(endedAt === null ? [] : [{ kind: 'ENDED', at: endedAt, interactionId: null } as const]),
    ];
  });
}

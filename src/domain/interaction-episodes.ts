import type { AgentRef, QueueRef } from './events/event-table.js';
import type { Handling, HandlingFact } from './interaction-metrics.js';

/** How a handling was kept until version 0.1: folded, an episode for each stretch between two ends. Times are epoch milliseconds. */
export interface Episode {
  readonly fromStart: boolean;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly queues: readonly { readonly queue: QueueRef; readonly queuedAt: number }[];
  readonly handledBy: readonly { readonly agent: AgentRef; readonly joinedAt: number | null; readonly leftAt: number | null }[];
  readonly transferCount: number;
  readonly firstResponseAt: number | null;
}

/** Whether this was kept by an earlier version. */
export const isEpisode = (kept: HandlingFact | Episode): kept is Episode => 'handledBy' in kept;

/** The facts that episodes were folded from, as far as they are kept. The time of a transfer is not: it is that of the agent's leaving, if known. */
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

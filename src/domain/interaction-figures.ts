import type { InteractionRecord } from './conversation.js';
import { START_TOLERANCE_MS } from './interaction-start.js';
import type { Handling } from './interaction-metrics.js';
import { InteractionStory } from './interaction-story.js';
import type { AgentStint, QueueStint } from './interaction-story.js';
import { factsByInteraction } from './interaction-facts.js';

/** The metrics of an interaction, each null if the events do not show it for certain. Durations in seconds, to the millisecond. */
export interface InteractionMetrics {
  readonly queues: readonly QueueStint[] | null;
  readonly handledBy: readonly AgentStint[] | null;
  readonly transferCount: number | null;
  /** From first queued to first agent joined; null until then. */
  readonly waitSeconds: number | null;
  /** Sum of all agents' stints; null while one is open. */
  readonly handleSeconds: number | null;
  /** From first agent joined to the first message of an agent; null until then. */
  readonly firstResponseSeconds: number | null;
}

/** The metrics of a conversation's interactions, by interaction id. An interaction whose start the events do not show is absent. */
export function metricsByInteraction(
  interactions: readonly InteractionRecord[],
  handling: Handling,
): ReadonlyMap<string, InteractionMetrics> {
  const facts = factsByInteraction(interactions, handling);
  return new Map(
    interactions.flatMap((interaction) => {
      const metrics = metricsOf(interaction, facts.get(interaction.interactionId) ?? []);
      return metrics === null ? [] : [[interaction.interactionId, metrics] as const];
    }),
  );
}

function metricsOf({ startedAt, endedAt }: InteractionRecord, facts: Handling): InteractionMetrics | null {
  const [opening] = facts;
  if (opening?.kind !== 'QUEUED' || startedAt === null || opening.at - startedAt.getTime() > START_TOLERANCE_MS) return null;
  const story = new InteractionStory();
  for (const fact of facts) story.add(fact);
  const { queues, stints, transferCount, firstResponseAt, doubts } = story.close(endedAt?.getTime() ?? null);
  if (doubts.has('ALL')) return null;
  const joinedAt = stints[0]?.joinedAt ?? null;
  const isHandleKnown = stints.length > 0 && !doubts.has('AGENTS') && stints.every(({ isLeavingKnown }) => isLeavingKnown);
  return {
    queues: doubts.has('QUEUES') ? null : queues,
    handledBy: doubts.has('AGENTS') ? null : stints.map(({ agent, joinedAt, leftAt }) => ({ agent, joinedAt, leftAt })),
    transferCount: doubts.has('TRANSFERS') ? null : transferCount,
    waitSeconds: doubts.has('FIRST_AGENT') ? null : seconds(opening.at, joinedAt),
    handleSeconds: isHandleKnown ? sumStints(stints) : null,
    firstResponseSeconds: doubts.has('FIRST_AGENT') ? null : seconds(joinedAt, firstResponseAt),
  };
}

const seconds = (from: number | null, to: number | null): number | null => (from === null || to === null ? null : (to - from) / 1000);

/** Summed as integer milliseconds, without rounding errors; null if a stint's start or end is unknown. */
function sumStints(stints: readonly AgentStint[]): number | null {
  let total = 0;
  for (const { joinedAt, leftAt } of stints) {
    if (joinedAt === null || leftAt === null) return null;
    total += leftAt - joinedAt;
  }
  return total / 1000;
}

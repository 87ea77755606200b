import type { InteractionRecord } from './conversation.js';
import { START_TOLERANCE_MS } from './interaction-metrics.js';
import type { Handling } from './interaction-metrics.js';
import { InteractionStory } from './interaction-story.js';
import type { AgentStint, QueueStint } from './interaction-story.js';
import { factsByInteraction } from './interaction-facts.js';

/** How an interaction was handled, each figure null where the events do not show it for certain. Durations in seconds, to the millisecond. */
export interface HandlingFigures {
  readonly queues: readonly QueueStint[] | null;
  readonly handledBy: readonly AgentStint[] | null;
  readonly transferCount: number | null;
  /** First queued → first agent joined; null while none has. */
  readonly waitSeconds: number | null;
  /** All agents' stints together; null while one is open. */
  readonly handleSeconds: number | null;
  /** First agent joined → first message of an agent; null while there is none. */
  readonly firstResponseSeconds: number | null;
}

/** The figures of a conversation's interactions, by interaction id. None of an interaction that the events do not show from its start. */
export function figuresByInteraction(interactions: readonly InteractionRecord[], handling: Handling): ReadonlyMap<string, HandlingFigures> {
  const facts = factsByInteraction(interactions, handling);
  return new Map(
    interactions.flatMap((interaction) => {
      const figures = figuresOf(interaction, facts.get(interaction.interactionId) ?? []);
      return figures === null ? [] : [[interaction.interactionId, figures] as const];
    }),
  );
}

function figuresOf({ startedAt, endedAt }: InteractionRecord, facts: Handling): HandlingFigures | null {
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
    handleSeconds: isHandleKnown ? sumOf(stints) : null,
    firstResponseSeconds: doubts.has('FIRST_AGENT') ? null : seconds(joinedAt, firstResponseAt),
  };
}

const seconds = (from: number | null, to: number | null): number | null => (from === null || to === null ? null : (to - from) / 1000);

/** Added up as milliseconds, so that no rounding shows; null where one has no beginning. */
function sumOf(stints: readonly AgentStint[]): number | null {
  let total = 0;
  for (const { joinedAt, leftAt } of stints) {
    if (joinedAt === null || leftAt === null) return null;
    total += leftAt - joinedAt;
  }
  return total / 1000;
}

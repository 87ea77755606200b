import type { InteractionRecord } from './conversation.js';
import { isEnd } from './interaction-metrics.js';
import type { Handling, HandlingFact } from './interaction-metrics.js';
import { START_TOLERANCE_MS } from './interaction-start.js';

/** How long after an interaction's end its leaving may be dated if the next interaction has begun: 5 s. */
const LEAVING_AFTER_END_MS = 5_000;
/** The same if none has: 60 s. */
const LAST_LEAVING_AFTER_END_MS = 60_000;

/** One of the upstream's interactions, with the facts that belong to it. */
class InteractionPeriod {
  readonly facts: HandlingFact[] = [];
  readonly startedAt: number;
  readonly endedAt: number;
  readonly #present = new Set<string>();

  constructor(
    readonly interactionId: string,
    startedAt: Date,
    endedAt: Date | null,
  ) {
    this.startedAt = startedAt.getTime();
    this.endedAt = endedAt?.getTime() ?? Infinity;
  }

  add(fact: HandlingFact): void {
    this.facts.push(fact);
    if (fact.kind === 'JOINED') this.#present.add(fact.agent.agentId);
    if (fact.kind === 'LEFT') this.#present.delete(fact.agent.agentId);
  }

  /** Whether a closing fact that is dated after the next interaction's start still belongs to this one. */
  closesWith(fact: HandlingFact): boolean {
    if (fact.at > this.endedAt + LEAVING_AFTER_END_MS) return false;
    return fact.kind === 'LEFT' ? this.#present.has(fact.agent.agentId) : isEnd(fact);
  }

  has(agentId: string): boolean {
    return this.#present.has(agentId);
  }
}

/**
 * Assigns facts to the upstream's interactions by time; keyed by interaction id. Assignment is monotonic: a fact belongs to the current interaction or to a later
 * one than the facts before it. Since clocks differ, the queueing that opens an interaction may be dated before its start, and a leaving after its end. Facts between two
 * interactions belong to none, and so does every fact of an interaction without a start.
 */
export function factsByInteraction(interactions: readonly InteractionRecord[], handling: Handling): ReadonlyMap<string, Handling> {
  const periods = interactions
    .flatMap(({ interactionId, startedAt, endedAt }) =>
      startedAt === null ? [] : [new InteractionPeriod(interactionId, startedAt, endedAt)],
    )
    .sort((a, b) => a.startedAt - b.startedAt);
  const byId = new Map(periods.map((period) => [period.interactionId, period]));
  let index = -1;
  for (const fact of handling) {
    const named = fact.kind === 'ENDED' && fact.interactionId !== null ? byId.get(fact.interactionId) : undefined;
    if (named !== undefined) {
      named.add(fact);
      continue;
    }
    for (let next = periods[index + 1]; next !== undefined && begins(next, fact, periods[index]); next = periods[index + 1]) index += 1;
    findOwner(fact, periods[index], periods[index - 1], periods[index + 1] === undefined)?.add(fact);
  }
  return new Map([...byId].map(([id, { facts }]) => [id, facts]));
}

/** Whether `next` begins with this fact. */
function begins(next: InteractionPeriod, fact: HandlingFact, current: InteractionPeriod | undefined): boolean {
  if (fact.at >= next.startedAt) return current?.closesWith(fact) !== true;
  return fact.kind === 'QUEUED' && (current === undefined || fact.at > current.endedAt) && next.startedAt - fact.at <= START_TOLERANCE_MS;
}

function findOwner(
  fact: HandlingFact,
  current: InteractionPeriod | undefined,
  previous: InteractionPeriod | undefined,
  isLast: boolean,
): InteractionPeriod | undefined {
  if (current === undefined) return undefined;
  const isLateLeaving = fact.kind === 'LEFT' && !current.has(fact.agent.agentId);
  if (previous !== undefined && isLateLeaving && previous.closesWith(fact)) return previous;
  const isClosing = isEnd(fact) || (fact.kind === 'LEFT' && current.has(fact.agent.agentId));
  const grace = !isClosing ? 0 : isLast ? LAST_LEAVING_AFTER_END_MS : LEAVING_AFTER_END_MS;
  return fact.at <= current.endedAt + grace ? current : undefined;
}

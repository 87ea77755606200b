import type { InteractionRecord } from './conversation.js';
import { START_TOLERANCE_MS, isEnd } from './interaction-metrics.js';
import type { Handling, HandlingFact } from './interaction-metrics.js';

/** How long after an interaction's end word of who left it may be dated, while another interaction has begun: 5 s. */
const LEAVING_AFTER_END_MS = 5_000;
/** The same while none has: 60 s. */
const LAST_LEAVING_AFTER_END_MS = 60_000;

/** One of the upstream's interactions, with the facts that are found to be its. */
class Stretch {
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

  /** Whether a fact that ends something, dated when the next interaction has begun, still is this one's. */
  closesWith(fact: HandlingFact): boolean {
    if (fact.at > this.endedAt + LEAVING_AFTER_END_MS) return false;
    return fact.kind === 'LEFT' ? this.#present.has(fact.agent.agentId) : isEnd(fact);
  }

  has(agentId: string): boolean {
    return this.#present.has(agentId);
  }
}

/**
 * Which facts are of which of the upstream's interactions, by interaction id: those of its time. In order and without crossing: each fact belongs to the interaction that goes
 * on, or to a later one than the facts before. The clocks may differ a little: the queueing that opens an interaction may be dated before its start, and a leaving after
 * its end. What lies between two interactions belongs to none. An interaction without a start has none.
 */
export function factsByInteraction(interactions: readonly InteractionRecord[], handling: Handling): ReadonlyMap<string, Handling> {
  const stretches = interactions
    .flatMap(({ interactionId, startedAt, endedAt }) => (startedAt === null ? [] : [new Stretch(interactionId, startedAt, endedAt)]))
    .sort((a, b) => a.startedAt - b.startedAt);
  const byId = new Map(stretches.map((stretch) => [stretch.interactionId, stretch]));
  let index = -1;
  for (const fact of handling) {
    const named = fact.kind === 'ENDED' && fact.interactionId !== null ? byId.get(fact.interactionId) : undefined;
    if (named !== undefined) {
      named.add(fact);
      continue;
    }
    for (let next = stretches[index + 1]; next !== undefined && begins(next, fact, stretches[index]); next = stretches[index + 1])
      index += 1;
    ownerOf(fact, stretches[index], stretches[index - 1], stretches[index + 1] === undefined)?.add(fact);
  }
  return new Map([...byId].map(([id, { facts }]) => [id, facts]));
}

/** Whether `next` has begun with this fact. */
function begins(next: Stretch, fact: HandlingFact, current: Stretch | undefined): boolean {
  if (fact.at >= next.startedAt) return current?.closesWith(fact) !== true;
  return fact.kind === 'QUEUED' && (current === undefined || fact.at > current.endedAt) && next.startedAt - fact.at <= START_TOLERANCE_MS;
}

function ownerOf(fact: HandlingFact, current: Stretch | undefined, previous: Stretch | undefined, isLast: boolean): Stretch | undefined {
  if (current === undefined) return undefined;
  const isLateLeaving = fact.kind === 'LEFT' && !current.has(fact.agent.agentId);
  if (previous !== undefined && isLateLeaving && previous.closesWith(fact)) return previous;
  const isClosing = isEnd(fact) || (fact.kind === 'LEFT' && current.has(fact.agent.agentId));
  const grace = !isClosing ? 0 : isLast ? LAST_LEAVING_AFTER_END_MS : LEAVING_AFTER_END_MS;
  return fact.at <= current.endedAt + grace ? current : undefined;
}

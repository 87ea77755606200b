import type { Assignment, ParticipantRecord } from './conversation.js';
import type { AgentRef } from './events/event-table.js';
import { isEnd } from './interaction-metrics.js';
import type { Handling } from './interaction-metrics.js';

/** What events tell of an agent. */
export interface AgentByEvents {
  readonly name: string | null;
  /** Has left for the time being; null where that cannot be told. */
  readonly removed: boolean | null;
}

/** The agents who ever had the conversation, as far as events tell, by id. */
export function agentsByEvents(handling: Handling): ReadonlyMap<string, AgentByEvents> {
  const agents = new Map<string, AgentByEvents>();
  const note = ({ agentId, name }: AgentRef, removed: boolean | null) =>
    agents.set(agentId, { name: name ?? agents.get(agentId)?.name ?? null, removed });
  for (const fact of handling) {
    if (fact.kind === 'JOINED' || fact.kind === 'LEFT') note(fact.agent, fact.kind === 'LEFT');
    if (!isEnd(fact)) continue;
    for (const [agentId, { name, removed }] of agents) if (removed === false) note({ agentId, name }, null);
  }
  return agents;
}

/** Participants with what only events tell of the agents among them: what the upstream tells itself stands. */
export function mergeAgents(
  records: readonly ParticipantRecord[],
  agents: ReadonlyMap<string, AgentByEvents>,
): readonly ParticipantRecord[] {
  return records.map((record) => {
    const agent = record.type === 'AGENT' ? agents.get(record.participantId) : undefined;
    return agent === undefined ? record : { ...record, name: record.name ?? agent.name, removed: record.removed ?? agent.removed };
  });
}

/** Who or what has a conversation whose interaction goes on: the agent in it, else the queue that it was put into last. Null where the events do not tell. */
export function assignmentFromEvents(handling: Handling): Assignment | null {
  const current = handling.slice(handling.findLastIndex(isEnd) + 1);
  const present = new Set<string>();
  let queueId: string | null = null;
  for (const fact of current) {
    if (fact.kind === 'JOINED') present.add(fact.agent.agentId);
    if (fact.kind === 'LEFT') present.delete(fact.agent.agentId);
    if (fact.kind === 'QUEUED') queueId = fact.queue.queueId;
    // Whether that ended the interaction is not known yet.
    if (fact.kind === 'LEFT' && present.size === 0) queueId = null;
  }
  const agentId = [...present].at(-1);
  if (agentId !== undefined) return { type: 'AGENT', targetId: agentId };
  return queueId === null ? null : { type: 'QUEUE', targetId: queueId };
}

import type { Assignment, ParticipantRecord } from './conversation.js';
import type { AgentRef } from './events/event-table.js';
import { isEnd } from './interaction-metrics.js';
import type { Handling } from './interaction-metrics.js';

/** What the events show of an agent. */
export interface AgentFromEvents {
  readonly name: string | null;
  /** Has left, as of the latest event; null if unknown. */
  readonly removed: boolean | null;
}

/** The agents who ever had the conversation, as far as the events show, by id. */
export function agentsFromEvents(handling: Handling): ReadonlyMap<string, AgentFromEvents> {
  const agents = new Map<string, AgentFromEvents>();
  const set = ({ agentId, name }: AgentRef, removed: boolean | null) =>
    agents.set(agentId, { name: name ?? agents.get(agentId)?.name ?? null, removed });
  for (const fact of handling) {
    if (fact.kind === 'JOINED' || fact.kind === 'LEFT') set(fact.agent, fact.kind === 'LEFT');
    if (!isEnd(fact)) continue;
    for (const [agentId, { name, removed }] of agents) if (removed === false) set({ agentId, name }, null);
  }
  return agents;
}

/** Adds what only events know of the agents among the participants. Values from the upstream win. */
export function mergeAgents(
  records: readonly ParticipantRecord[],
  agents: ReadonlyMap<string, AgentFromEvents>,
): readonly ParticipantRecord[] {
  return records.map((record) => {
    const agent = record.type === 'AGENT' ? agents.get(record.participantId) : undefined;
    return agent === undefined ? record : { ...record, name: record.name ?? agent.name, removed: record.removed ?? agent.removed };
  });
}

/** The assignment of a conversation whose interaction goes on: its agent, else the queue that it entered last. Null if the events do not show it. */
export function assignmentFromEvents(handling: Handling): Assignment | null {
  const current = handling.slice(handling.findLastIndex(isEnd) + 1);
  const present = new Set<string>();
  let queueId: string | null = null;
  for (const fact of current) {
    if (fact.kind === 'JOINED') present.add(fact.agent.agentId);
    if (fact.kind === 'LEFT') present.delete(fact.agent.agentId);
    if (fact.kind === 'QUEUED') queueId = fact.queue.queueId;
    // It is not known yet whether this ended the interaction.
    if (fact.kind === 'LEFT' && present.size === 0) queueId = null;
  }
  const agentId = [...present].at(-1);
  if (agentId !== undefined) return { type: 'AGENT', targetId: agentId };
  return queueId === null ? null : { type: 'QUEUE', targetId: queueId };
}

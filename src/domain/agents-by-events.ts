import type { Assignment, ParticipantRecord } from './conversation.js';
import type { AgentStint, Handling } from './handling.js';

/** What events tell of an agent. */
export interface AgentByEvents {
  readonly name: string | null;
  /** Has left for the time being; null where that cannot be told. */
  readonly removed: boolean | null;
}

/** The agents who ever had the conversation, as far as events tell, by id. */
export function agentsByEvents(handling: Handling): ReadonlyMap<string, AgentByEvents> {
  const agents = new Map<string, AgentByEvents>();
  for (const { endedAt, handledBy } of handling) {
    for (const { agent, leftAt } of handledBy) {
      const removed = leftAt !== null ? true : endedAt === null ? false : null;
      agents.set(agent.agentId, { name: agent.name ?? agents.get(agent.agentId)?.name ?? null, removed });
    }
  }
  return agents;
}

/** Participants with what only events tell of the agents among them: what the upstream tells itself stands. */
export function withAgents(
  records: readonly ParticipantRecord[],
  agents: ReadonlyMap<string, AgentByEvents>,
): readonly ParticipantRecord[] {
  return records.map((record) => {
    const agent = record.type === 'AGENT' ? agents.get(record.participantId) : undefined;
    return agent === undefined ? record : { ...record, name: record.name ?? agent.name, removed: record.removed ?? agent.removed };
  });
}

/** Who or what has a conversation whose interaction goes on: the agent in it, else the queue that it was put into last. Null where the events do not tell. */
export function assignmentByEvents(handling: Handling): Assignment | null {
  const episode = handling.at(-1);
  if (episode?.endedAt !== null) return null;
  const present = episode.handledBy.findLast(({ leftAt }) => leftAt === null);
  if (present !== undefined) return { type: 'AGENT', targetId: present.agent.agentId };
  const queued = episode.queues.at(-1);
  const isLater = ({ leftAt }: AgentStint) => queued !== undefined && leftAt !== null && leftAt <= queued.queuedAt;
  return queued !== undefined && episode.handledBy.every(isLater) ? { type: 'QUEUE', targetId: queued.queue.queueId } : null;
}

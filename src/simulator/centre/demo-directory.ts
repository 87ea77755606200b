import type { NewId } from '../random-id.js';
import { Directory } from './directory.js';
import type { Agent, Channel, Queue, Webhook } from './records.js';

/** The event format of webhooks made for the Chat Gateway. */
export const CHAT_GATEWAY_EVENTS = 'Chat Gateway v1.0';

const TEAMS = [
  { queue: 'Sales', channel: 'Website chat', agents: ['Ana Pop', 'Mihai Ionescu'] },
  { queue: 'Support', channel: 'Help centre chat', agents: ['Sara Lind', 'Tom Becker'] },
] as const;

/** A small contact centre: two queues with two agents and a channel each, all reporting to one webhook. Ids are random. */
export function createDemoDirectory(newId: NewId, webhookUrl: string | null, version = CHAT_GATEWAY_EVENTS): Directory {
  const webhook: Webhook = { id: newId(), name: 'Gateway', uri: webhookUrl, version };
  const agents: Agent[] = [];
  const queues: Queue[] = [];
  const channels: Channel[] = [];
  for (const team of TEAMS) {
    const members = team.agents.map((name) => ({ id: newId(), name }));
    const queue = { id: newId(), name: team.queue, agentIds: members.map((agent) => agent.id) };
    agents.push(...members);
    queues.push(queue);
    channels.push({ id: newId(), name: team.channel, type: 'ChatAPI', queueId: queue.id, webhookId: webhook.id });
  }
  return new Directory({ agents, queues, channels, webhooks: [webhook] });
}

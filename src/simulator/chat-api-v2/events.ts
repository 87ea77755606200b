import type { CentreEvent } from '../centre/centre-event.js';
import type { Message } from '../centre/records.js';

/** A webhook event of this generation: flat. */
export interface ChatApiEvent extends Record<string, unknown> {
  readonly eventType: string;
  readonly messageType: 'SYSTEM' | 'AGENT';
  readonly conversationId: string;
  /** Epoch milliseconds: when it happened. */
  readonly timestamp: number;
}

type EventDetails = Readonly<Record<string, unknown>> & Pick<ChatApiEvent, 'eventType' | 'messageType'>;

/**
 * The event in this generation's format; null if it has none: for customers and bots, typing, cards, attachments and changes.
 *
 * @param skewMs milliseconds by which the event's time differs from the contact centre's
 * @param nameOf returns the name of an agent
 */
export function chatApiEvent(event: CentreEvent, skewMs: number, nameOf: (agentId: string) => string): ChatApiEvent | null {
  const details = toDetails(event, nameOf);
  if (details === null) return null;
  return { ...details, conversationId: event.conversationId, timestamp: event.at + skewMs };
}

function toDetails(event: CentreEvent, nameOf: (agentId: string) => string): EventDetails | null {
  const messageType = 'SYSTEM';
  switch (event.kind) {
    case 'queued':
      return { eventType: 'QUEUED', messageType, queueId: event.queue.id, queueName: event.queue.name };
    case 'agent-joined':
      return { eventType: 'AGENT_JOINED', messageType, ...agent(event.agent) };
    case 'agent-left':
      return { eventType: 'AGENT_LEFT', messageType, ...agent(event.agent) };
    case 'transferred':
      return { eventType: 'TRANSFER', messageType };
    case 'message-added':
      return toText(event.message, nameOf);
    default:
      return null;
  }
}

function toText({ author, text }: Message, nameOf: (agentId: string) => string): EventDetails | null {
  if (author.type !== 'agent' || text === '') return null;
  return { eventType: 'TEXT', messageType: 'AGENT', ...agent({ id: author.id, name: nameOf(author.id) }), message: text };
}

const agent = ({ id, name }: { readonly id: string; readonly name: string }) => ({ agentId: id, agentName: name });

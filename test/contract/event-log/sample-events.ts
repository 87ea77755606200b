import type { ConversationEvent } from '../../../src/domain/event.js';
import { messageDigest } from '../../../src/domain/message-digest.js';
import type { ListedMessage } from '../../../src/domain/message-identity.js';
import type { MessageContent } from '../../../src/domain/message.js';

/** When the sample events happen, by default: 2026-01-01T00:00:00Z. */
export const START = 1_767_225_600_000;

interface Given {
  readonly conversationId?: string;
  /** Epoch milliseconds. */
  readonly occurredAt?: number;
  readonly receivedAt?: number;
}

const base = (id: string, { conversationId = 'c1', occurredAt = START, receivedAt = START }: Given) => ({
  id,
  conversationId,
  occurredAt: new Date(occurredAt),
  receivedAt: new Date(receivedAt),
  source: 'WEBHOOK' as const,
});

export function queued(id: string, given: Given = {}): ConversationEvent<'INTERACTION_QUEUED'> {
  return { ...base(id, given), type: 'INTERACTION_QUEUED', data: { queue: { queueId: 'q1', name: 'Support' } } };
}

export function agentJoined(id: string, given: Given = {}): ConversationEvent<'AGENT_JOINED'> {
  return { ...base(id, given), type: 'AGENT_JOINED', data: { agent: { agentId: 'a1', name: null } } };
}

export function agentLeft(id: string, given: Given = {}): ConversationEvent<'AGENT_LEFT'> {
  return { ...base(id, given), type: 'AGENT_LEFT', data: { agent: { agentId: 'a1', name: null } } };
}

export function transferred(id: string, given: Given = {}): ConversationEvent<'CONVERSATION_TRANSFERRED'> {
  return { ...base(id, given), type: 'CONVERSATION_TRANSFERRED', data: {} };
}

export function updated(id: string, upstreamState: string, given: Given = {}): ConversationEvent<'CONVERSATION_UPDATED'> {
  return { ...base(id, given), type: 'CONVERSATION_UPDATED', data: { upstreamState, assignment: null, customer: null, channelType: null } };
}

export function typing(id: string, given: Given = {}): ConversationEvent<'TYPING_CHANGED'> {
  return { ...base(id, given), type: 'TYPING_CHANGED', data: { typing: [] } };
}

function content(text: string): MessageContent {
  const author = { participantId: 'a1', type: 'AGENT', name: null, language: null, removed: null } as const;
  return { author, text, attachments: [], cards: [] };
}

export function messageAdded(id: string, text: string, given: Given = {}): ConversationEvent<'MESSAGE_ADDED'> {
  return { ...base(id, given), type: 'MESSAGE_ADDED', data: { message: content(text), isEcho: false } };
}

/** Digest of a message of `messageAdded`. */
export const digestOf = (text: string): string => messageDigest(content(text));

/** The message as history lists it. */
export function listed(listedId: string, text: string, createdAt: number | null = START): ListedMessage {
  return { listedId, digest: digestOf(text), createdAt: createdAt === null ? null : new Date(createdAt) };
}

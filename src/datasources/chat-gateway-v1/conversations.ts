import type { ConversationRecord, UpstreamState } from '../../domain/conversation.js';
import type { Customer } from '../../domain/customer.js';
import { asId, asRecord, asText, asTime } from '../../domain/read.js';
import type { UnknownRecord } from '../../domain/read.js';
import { assignment, customerFromUser } from '../../domain/upstream-words.js';
import type { Window, WindowOf } from '../../domain/window.js';
import type { NewConversation, ReadOptions } from '../chat-api.js';
import type { UpstreamClient } from '../upstream-client.js';
import { outcomeUnknown } from '../upstream-faults.js';
import { resource } from './hal.js';
import { windowOf } from './list-reader.js';
import { CONVERSATIONS, conversationPath } from './paths.js';
import { conversationBody } from './request-bodies.js';

const STATES: ReadonlyMap<string, UpstreamState> = new Map([
  ['created', 'CREATED'],
  ['active', 'ACTIVE'],
  ['idle', 'IDLE'],
]);

const UNTOLD: Customer = {
  name: null,
  customerId: null,
  email: null,
  phone: null,
  company: null,
  caseId: null,
  language: null,
  properties: [],
};

/** One conversation; null where there is none. */
export async function conversation(
  client: UpstreamClient,
  conversationId: string,
  { asOf }: ReadOptions,
): Promise<ConversationRecord | null> {
  const path = conversationPath(conversationId);
  const body = path === null ? null : await client.read({ operation: 'conversations.get', path, asOf });
  return body === null ? null : conversationRecord(resource(body), conversationId);
}

/** In order of id, which is all that the contract can sort them by. */
export function conversations(client: UpstreamClient, window: Window, read: ReadOptions): Promise<WindowOf<ConversationRecord>> {
  const item = (raw: UnknownRecord) => {
    const id = asId(raw['id']);
    return id === null ? null : conversationRecord(raw, id);
  };
  const list = { operation: 'conversations.list', path: CONVERSATIONS, rel: 'conversations', sortBy: 'id', item };
  return windowOf(client, list, window, read);
}

/** Creates a conversation. Rejects with `OutcomeUnknownError` also where the answer does not name what was created. */
export async function createConversation(
  client: UpstreamClient,
  created: NewConversation,
): Promise<{ conversationId: string; createdAt: Date | null }> {
  const body = conversationBody(created);
  const notFound = 'There is no such channel, or what the conversation is assigned to is not there.';
  const answer = asRecord(await client.change({ operation: 'conversations.create', method: 'POST', path: CONVERSATIONS, body, notFound }));
  const conversationId = asId(answer?.['conversationId']) ?? asId(answer?.['id']);
  if (conversationId === null) throw outcomeUnknown('an answer that does not name the conversation created');
  return { conversationId, createdAt: asTime(answer?.['createdAt']) };
}

function conversationRecord(raw: UnknownRecord, conversationId: string): ConversationRecord {
  return {
    conversationId: asId(raw['id']) ?? conversationId,
    channelId: asId(raw['channelId']),
    upstreamState: STATES.get(asText(raw['state'])?.toLowerCase() ?? '') ?? null,
    customer: customerFromUser(raw['user']) ?? UNTOLD,
    assignment: assignment(raw['assignment']),
    // The Chat Gateway tells it once, when a conversation is created.
    createdAt: null,
  };
}

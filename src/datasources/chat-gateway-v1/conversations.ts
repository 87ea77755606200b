import type { ConversationSelection } from '../../domain/conversation-filter.js';
import type { ConversationRecord, UpstreamState } from '../../domain/conversation.js';
import { UNKNOWN_CUSTOMER } from '../../domain/customer.js';
import { NotFoundError } from '../../domain/errors.js';
import { asId, asRecord, asText, asTime } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import { assignment, customerFromUser } from '../shared/enums.js';
import type { Window, WindowOf } from '../../domain/window.js';
import type { ConversationChange, NewConversation, ReadOptions } from '../chat-api.js';
import type { UpstreamCalls } from '../upstream/upstream-call.js';
import { outcomeUnknown } from '../upstream/upstream-errors.js';
import { conversationFilter } from './conversation-filter.js';
import { resource } from '../shared/json-body.js';
import { fetchWindow } from './list-reader.js';
import { CONVERSATIONS, changedConversation, conversationPath } from './paths.js';
import { changeBody, conversationBody } from './request-bodies.js';

const STATES: ReadonlyMap<string, UpstreamState> = new Map([
  ['created', 'CREATED'],
  ['active', 'ACTIVE'],
  ['idle', 'IDLE'],
]);

/** One conversation; null where there is none. */
export async function conversation(client: UpstreamCalls, conversationId: string, read: ReadOptions): Promise<ConversationRecord | null> {
  const path = conversationPath(conversationId);
  const body = path === null ? null : await client.read({ operation: 'conversations.get', path, ...read });
  return body === null ? null : conversationRecord(resource(body), conversationId);
}

/** In order of id, which is all that the contract can sort them by. */
export async function conversations(
  client: UpstreamCalls,
  window: Window,
  read: ReadOptions,
  selection: ConversationSelection,
): Promise<WindowOf<ConversationRecord>> {
  const item = (raw: UnknownRecord) => {
    const id = asId(raw['id']);
    return id === null ? null : conversationRecord(raw, id);
  };
  const list = {
    operation: 'conversations.list',
    path: CONVERSATIONS,
    rel: 'conversations',
    sortBy: 'id',
    item,
    filter: conversationFilter(selection),
  };
  return fetchWindow(client, list, window, read);
}

/** Creates a conversation. Rejects with `OutcomeUnknownError` also where the answer does not name what was created. */
export async function createConversation(
  client: UpstreamCalls,
  created: NewConversation,
): Promise<{ conversationId: string; createdAt: Date | null }> {
  const body = conversationBody(created);
  const notFound = 'There is no such channel, or what the conversation is assigned to is not there.';
  const answer = asRecord(
    await client.change({ operation: 'conversations.create', method: 'POST', accepts: 202, path: CONVERSATIONS, body, notFound }),
  );
  const conversationId = asId(answer?.['conversationId']) ?? asId(answer?.['id']);
  if (conversationId === null) throw outcomeUnknown('an answer that does not name the conversation created');
  return { conversationId, createdAt: asTime(answer?.['createdAt']) };
}

/** Changes what is known of the customer, the assignment, or both. Of the customer it reads first what is there (see `changeBody`). */
export async function updateConversation(
  client: UpstreamCalls,
  conversationId: string,
  { customer, assignment: assigned }: ConversationChange,
): Promise<void> {
  const target = changedConversation(conversationId);
  const now = customer === null ? {} : await client.read({ operation: 'conversations.get', path: target.path, asOf: null });
  if (now === null) throw new NotFoundError(target.notFound);
  const body = changeBody(resource(now)['user'], customer, assigned);
  await client.change({ operation: 'conversations.update', method: 'PATCH', accepts: 202, ...target, body });
}

function conversationRecord(raw: UnknownRecord, conversationId: string): ConversationRecord {
  return {
    conversationId: asId(raw['id']) ?? conversationId,
    channelId: asId(raw['channelId']),
    upstreamState: STATES.get(asText(raw['state'])?.toLowerCase() ?? '') ?? null,
    customer: customerFromUser(raw['user']) ?? UNKNOWN_CUSTOMER,
    assignment: assignment(raw['assignment']),
    // The Chat Gateway sends it once, when a conversation is created.
    createdAt: null,
  };
}

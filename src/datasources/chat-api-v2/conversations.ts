import type { ConversationSelection } from '../../domain/conversation-filter.js';
import type { ConversationRecord, InteractionRecord, UpstreamState } from '../../domain/conversation.js';
import { UnsupportedByUpstreamError } from '../../domain/errors.js';
import { asId, asRecord, asTime } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import type { Window, WindowOf } from '../../domain/window.js';
import type { NewConversation, ReadOptions } from '../chat-api.js';
import { readWindow } from '../paged-window.js';
import { outcomeUnknown } from '../upstream/upstream-errors.js';
import { resource } from '../shared/json-body.js';
import { listed } from './response-body.js';
import { conversationLists, joinedPages } from './conversation-lists.js';
import { customerBody, parseCustomer } from './customer.js';
import { createPageReader } from './list-reader.js';
import { toText } from './messages.js';
import type { Upstream } from './paths.js';
import { AUTHOR_TYPES } from './vocabulary.js';

/** One conversation; null where there is none. */
export async function conversation(upstream: Upstream, conversationId: string, read: ReadOptions): Promise<ConversationRecord | null> {
  const raw = await conversationResource(upstream, conversationId, read);
  return raw === null ? null : conversationRecord(raw, conversationId);
}

/** In order of creation, the oldest first, if not asked for another. */
export function conversations(
  { client, paths }: Upstream,
  window: Window,
  read: ReadOptions,
  selection: ConversationSelection,
): Promise<WindowOf<ConversationRecord>> {
  const item = (raw: UnknownRecord) => {
    const id = asId(raw['id']);
    return id === null ? null : conversationRecord(raw, id);
  };
  const { queries, backwards } = conversationLists(selection);
  const lists = queries.map((query) =>
    createPageReader(client, { operation: 'conversations.list', path: paths.conversations, query, backwards, item }, read),
  );
  return readWindow(lists.reduce(joinedPages), window);
}

/** Oldest first, those without a start last; none if there is no such conversation. The conversation itself lists them. */
export async function interactions(upstream: Upstream, conversationId: string, read: ReadOptions): Promise<readonly InteractionRecord[]> {
  const raw = await conversationResource(upstream, conversationId, read);
  return raw === null ? [] : parseInteractions(raw);
}

/** Creates a conversation. Rejects with `OutcomeUnknownError` also where the answer does not name what was created. */
export async function createConversation(
  { client, paths }: Upstream,
  { channelId, customer, assignment, history }: NewConversation,
): Promise<{ conversationId: string; createdAt: Date | null }> {
  if (assignment !== null)
    throw new UnsupportedByUpstreamError(
      'The contact centre does not accept an assignment: the channel determines where a conversation goes.',
    );
  // An author is called `authorType` when a message is sent, and `type` here.
  const messages = history.map((message) => ({ text: toText(message), type: AUTHOR_TYPES[message.sender] }));
  const body = { channelId, customer: customerBody(customer), ...(messages.length === 0 ? {} : { history: { messages } }) };
  const call = { operation: 'conversations.create', method: 'POST', accepts: 202, path: paths.conversations, body } as const;
  const answer = asRecord(await client.change({ ...call, notFound: 'There is no such channel.' }));
  const conversationId = asId(answer?.['conversationId']) ?? asId(answer?.['id']);
  if (conversationId === null) throw outcomeUnknown('an answer that does not name the conversation created');
  return { conversationId, createdAt: asTime(answer?.['timestamp']) };
}

async function conversationResource({ client, paths }: Upstream, conversationId: string, read: ReadOptions) {
  const path = paths.conversation(conversationId);
  const body = path === null ? null : await client.read({ operation: 'conversations.get', path, ...read });
  return body === null ? null : resource(body);
}

function conversationRecord(raw: UnknownRecord, conversationId: string): ConversationRecord {
  return {
    conversationId: asId(raw['id']) ?? conversationId,
    channelId: asId(raw['channelId']),
    upstreamState: toUpstreamState(parseInteractions(raw)),
    customer: parseCustomer(raw['customer']),
    // Unknown in this generation.
    assignment: null,
    createdAt: asTime(raw['startTime']),
  };
}

/** This generation has no state. A conversation without interactions has just begun, and one whose interactions have all ended is over. */
function toUpstreamState(found: readonly InteractionRecord[]): UpstreamState {
  if (found.length === 0) return 'CREATED';
  return found.every(({ endedAt }) => endedAt !== null) ? 'IDLE' : 'ACTIVE';
}

function parseInteractions(raw: UnknownRecord): readonly InteractionRecord[] {
  const found = listed(raw, 'interactions').flatMap((interaction): InteractionRecord[] => {
    const record = asRecord(interaction);
    const interactionId = asId(record?.['id']);
    if (record === null || interactionId === null) return [];
    return [{ interactionId, startedAt: asTime(record['startTime']), endedAt: asTime(record['endTime']) }];
  });
  return found.sort((a, b) => toStartTime(a) - toStartTime(b));
}

function toStartTime({ startedAt }: InteractionRecord): number {
  return startedAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

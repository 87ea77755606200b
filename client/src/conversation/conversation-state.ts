import type { ConversationEventsSubscription, ConversationQuery, ConversationState } from '../generated/graphql.js';
import { EMPTY_WINDOW, knownMessages, mergeLatest, receive } from './message-window.js';
import type { ChatMessage, MessageWindow } from './message-window.js';

export type Conversation = NonNullable<ConversationQuery['conversation']>;
export type Interaction = NonNullable<Conversation['interactions']>['nodes'][number];
export type ChatEvent = NonNullable<Conversation['events']>['nodes'][number];
export type Typist = Conversation['typing'][number];
export type LiveEvent = ConversationEventsSubscription['conversationEvents'];

/** An agent who is in the conversation. */
export interface ChatAgent {
  readonly id: string;
  /** Null if unknown. */
  readonly name: string | null;
}

/** What is known of a conversation. */
export interface Known {
  readonly window: MessageWindow;
  readonly state: ConversationState;
  readonly interactions: readonly Interaction[];
  readonly agents: readonly ChatAgent[];
  readonly typing: readonly Typist[];
  /** Stored events so far, oldest first. */
  readonly events: readonly ChatEvent[];
  /** Ids of messages of others that are not marked as read, oldest first. */
  readonly unread: readonly string[];
  /** Up to when the others have read; null if unknown. */
  readonly readByOthersAt: string | null;
}

export const NOTHING_KNOWN: Known = {
  window: EMPTY_WINDOW,
  state: 'UNKNOWN',
  interactions: [],
  agents: [],
  typing: [],
  events: [],
  unread: [],
  readByOthersAt: null,
};

/** Who reads: messages of other types are the others'. */
export type Reader = 'CUSTOMER' | 'BOT';

/** A snapshot replaces what was known, except for messages that it adjoins. */
export function withSnapshot(known: Known, conversation: Conversation, reader: Reader): Known {
  const events = conversation.events?.nodes ?? [];
  const interactions = conversation.interactions?.nodes ?? [];
  const window = conversation.messages ? mergeLatest(known.window, conversation.messages) : known.window;
  return {
    window,
    state: conversation.state,
    interactions,
    agents: agentsIn(interactions.at(-1)) ?? events.reduce(agentsAfter, []),
    typing: conversation.typing,
    events,
    unread: unreadIn(known, { window, events, reader }),
    readByOthersAt: lastRead(events, (by) => !isSelf(by, window, reader)),
  };
}

/** Each event once, in the order of the subscription. */
export function withEvent(known: Known, event: LiveEvent, reader: Reader): Known {
  if (event.__typename === 'TypingChanged') return { ...known, typing: event.typing };
  if (known.events.some(({ id }) => id === event.id)) return known;
  const next = {
    ...known,
    events: [...known.events, event],
    agents: agentsAfter(known.agents, event),
    state: stateAfter(known.state, event),
  };
  if (event.__typename === 'MessageAdded') return withMessage(next, event.message, reader);
  if (event.__typename === 'MessagesRead') return withRead(next, event, reader);
  const current = 'conversation' in event ? event.conversation : null;
  if (!current) return next;
  return { ...next, state: current.state, interactions: current.interactions?.nodes ?? next.interactions };
}

function withMessage(known: Known, message: ChatMessage, reader: Reader): Known {
  const window = receive(known.window, message);
  const isUnread = window !== known.window && message.author.type !== reader;
  return { ...known, window, unread: isUnread ? [...known.unread, message.id] : known.unread };
}

/** Read by the others, or by this reader in another place. */
function withRead(known: Known, { reader: by, readAt }: Extract<LiveEvent, { __typename: 'MessagesRead' }>, reader: Reader): Known {
  if (!isSelf(by, known.window, reader)) return { ...known, readByOthersAt: later(known.readByOthersAt, readAt) };
  const byId = new Map(knownMessages(known.window).map((message) => [message.id, message]));
  return { ...known, unread: known.unread.filter((id) => isAfter(byId.get(id)?.createdAt ?? null, readAt)) };
}

/** What an event says of the state; its `conversation` says it better, unless it could not be read. */
function stateAfter(state: ConversationState, { __typename }: LiveEvent): ConversationState {
  switch (__typename) {
    case 'InteractionQueued':
      return 'QUEUED';
    case 'AgentJoined':
      return 'ACTIVE';
    case 'ConversationTransferred':
      return 'TRANSFERRING';
    case 'InteractionEnded':
      return 'IDLE';
    default:
      return state;
  }
}

function agentsAfter(agents: readonly ChatAgent[], event: ChatEvent | LiveEvent): readonly ChatAgent[] {
  if (event.__typename === 'InteractionEnded') return [];
  if (event.__typename !== 'AgentJoined' && event.__typename !== 'AgentLeft') return agents;
  const others = agents.filter(({ id }) => id !== event.agent.id);
  return event.__typename === 'AgentJoined' ? [...others, event.agent] : others;
}

/** Null if unknown. */
const agentsIn = (interaction: Interaction | undefined): readonly ChatAgent[] | null =>
  interaction?.handledBy?.filter(({ leftAt }) => leftAt === null).map(({ agent }) => agent) ?? null;

/** After a gap, the messages that were not known; at first, those after the reader's last read receipt, if there is one. */
function unreadIn(
  known: Known,
  { window, events, reader }: Pick<Known, 'window' | 'events'> & { readonly reader: Reader },
): readonly string[] {
  const before = new Set(knownMessages(known.window).map(({ id }) => id));
  const readAt = lastRead(events, (by) => isSelf(by, window, reader));
  const isNew = ({ id, createdAt }: ChatMessage) => (before.size > 0 ? !before.has(id) : readAt !== null && isAfter(createdAt, readAt));
  const added = knownMessages(window).filter((message) => message.author.type !== reader && isNew(message));
  return [...known.unread, ...added.map(({ id }) => id).filter((id) => !known.unread.includes(id))];
}

/** A channel may not say of what type a reader is, so those who write as `reader` are known by their ids, too. */
const isSelf = ({ id, type }: Typist, window: MessageWindow, reader: Reader): boolean =>
  type === reader || knownMessages(window).some(({ author }) => author.type === reader && author.id === id);

function lastRead(events: readonly ChatEvent[], isReader: (by: Typist) => boolean): string | null {
  return events.reduce<string | null>(
    (readAt, event) => (event.__typename === 'MessagesRead' && isReader(event.reader) ? later(readAt, event.readAt) : readAt),
    null,
  );
}

const isAfter = (time: string | null, limit: string): boolean => time !== null && Date.parse(time) > Date.parse(limit);
const later = (time: string | null, other: string): string => (time !== null && isAfter(time, other) ? time : other);

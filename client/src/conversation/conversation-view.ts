import type { Capability } from '../generated/graphql.js';
import { NOTHING_KNOWN } from './conversation-state.js';
import type { Known } from './conversation-state.js';
import { EMPTY_WINDOW } from './message-window.js';
import type { ChatMessage, MessageWindow } from './message-window.js';
import type { Entry } from './outbox.js';

/** Everything that a chat shows of a conversation. Immutable: a change makes a new one. */
export interface ConversationView extends Omit<Known, 'window'> {
  readonly id: string;
  /** gone: it does not exist, or the caller may not see it. failed: another error that retrying does not help against, see `problem`. */
  readonly status: 'loading' | 'ready' | 'gone' | 'failed';
  /** Of the live events. While it is offline, `problem` is the last error. */
  readonly connection: 'connecting' | 'online' | 'offline';
  /** The last error; null if there is none. `codesOf(problem)` returns its codes. */
  readonly problem: unknown;
  /** Oldest first, without gaps. */
  readonly messages: readonly ChatMessage[];
  /** Outgoing messages that `messages` do not show yet. */
  readonly pending: readonly Entry[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  /** A page that is being loaded. */
  readonly isLoading: 'older' | 'newer' | null;
  /** Of the contact centre; empty while unknown. */
  readonly capabilities: readonly Capability[];
}

/** What a store knows besides the conversation itself. */
export type Circumstances = Pick<ConversationView, 'id' | 'status' | 'connection' | 'problem' | 'isLoading' | 'capabilities'>;

export const circumstances = (id: string): Circumstances => ({
  id,
  status: 'loading',
  connection: 'connecting',
  problem: null,
  isLoading: null,
  capabilities: [],
});

export function viewOf(around: Circumstances, { window, ...known }: Known, entries: readonly Entry[]): ConversationView {
  const arrived = arrivedIn(window);
  return {
    ...around,
    ...known,
    messages: window.messages,
    hasOlder: window.before !== null,
    hasNewer: window.after !== null,
    pending: entries.filter(({ clientMessageId }) => !arrived.has(clientMessageId)),
  };
}

/** The client's ids of the messages that the conversation has. */
export const arrivedIn = ({ messages, ahead }: MessageWindow): ReadonlySet<string> =>
  new Set([...messages, ...ahead].map(({ clientMessageId }) => clientMessageId).filter((known) => known !== null));

/** Before anything is known; also on a server. */
export const emptyView = (id: string): ConversationView => viewOf(circumstances(id), { ...NOTHING_KNOWN, window: EMPTY_WINDOW }, []);

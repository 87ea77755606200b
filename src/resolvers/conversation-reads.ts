import type { ConversationRead } from '../context/request-loaders.js';
import type { Window } from '../domain/window.js';
import type { ConnectionArgs } from '../schema/connection-args.js';
import { idArgument } from './arguments.js';
import { toWindow } from './connections.js';

const readAll = (name: 'participants' | 'interactions' | 'attachments'): ConversationRead => ({
  name,
  calls: 1,
  start: (loaders, id) => loaders[name].load(id),
});

export const PARTICIPANTS = readAll('participants');
export const INTERACTIONS = readAll('interactions');
/** With their names and sizes. */
export const ATTACHMENTS = readAll('attachments');

/** The channel, if its id is known from an earlier read: no call if not. */
export const CHANNEL: ConversationRead = {
  name: 'channel',
  calls: 0,
  start: (loaders, id) => loaders.rememberedChannel(id),
};

interface MessagesArgs extends ConnectionArgs {
  readonly interactionId?: string | null;
}

/** A window of the messages of a conversation, or of one of its interactions. */
export function messagesRead({ interactionId, ...args }: MessagesArgs, conversationId: string): ConversationRead {
  if (interactionId === null || interactionId === undefined) {
    const window = toWindow(`messages:${conversationId}`, args);
    const { kind, count, from, before } = window;
    return {
      name: `messages ${kind} ${count} ${from} ${before}`,
      calls: mostCalls(window),
      start: (loaders, id) => loaders.messages.window(id, window),
    };
  }
  const interaction = idArgument('Interaction', 'interactionId', interactionId);
  toWindow(`messages:${conversationId}:${interaction}`, args);
  return INTERACTIONS;
}

/** A page from either end is one upstream page; others may begin in the middle of one. */
const mostCalls = ({ from, before }: Window): number => (from === 0 && before === null ? 1 : 2);

/** All interactions, if the arguments are those of a window of them. */
export function interactionsRead(args: ConnectionArgs, conversationId: string): ConversationRead {
  toWindow(`interactions:${conversationId}`, args);
  return INTERACTIONS;
}

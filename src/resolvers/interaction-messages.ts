import type { RequestContext } from '../context/request-context.js';
import type { ConnectionArgs } from '../schema/connection-args.js';
import type { ConnectionOf } from '../schema/connection.js';
import type { Message } from '../schema/message.js';
import { connection, toWindow } from './connections.js';
import { toMessage } from './to-graphql.js';

/** The messages of one interaction as a connection, with cursors of its own. */
export async function messagesOfInteraction(
  { loaders }: RequestContext,
  conversationId: string,
  interactionId: string,
  args: ConnectionArgs,
): Promise<ConnectionOf<Message> | null> {
  const list = `messages:${conversationId}:${interactionId}`;
  const window = toWindow(list, args);
  const page = await loaders.messagesOfInteraction(conversationId, interactionId, window);
  return page === null ? null : connection(list, window, page, toMessage);
}

import type { RequestContext } from '../context/request-context.js';
import type { EventType } from '../domain/event.js';
import type { ConnectionArgs } from '../schema/connection-args.js';
import type { ConnectionOf } from '../schema/connection.js';
import type { ConversationEvent } from '../schema/conversation-event.js';
import { pageSize } from './connections.js';
import { toConversationEvent } from './event-to-graphql.js';

/** The stored events of a conversation as a connection, with the cursors of the log. `types`: null for all. */
export async function eventsOfConversation(
  { log, services }: RequestContext,
  conversationId: string,
  { after, before, ...size }: ConnectionArgs,
  types: readonly EventType[] | null,
): Promise<ConnectionOf<ConversationEvent>> {
  const { kind, count } = pageSize(size);
  const page = await log.read(
    { conversationId },
    {
      limit: count,
      fromEnd: kind === 'last',
      // An empty cursor is an invalid one, not an absent one.
      ...(typeof after === 'string' ? { after } : {}),
      ...(typeof before === 'string' ? { before } : {}),
      ...(types ? { types } : {}),
    },
  );
  const edges = page.events.map((logged) => ({
    cursor: logged.cursor,
    node: toConversationEvent({ event: logged.event, cursor: logged.cursor, replayed: true }, services.history.ofEvent(logged)),
  }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: kind === 'first' ? page.hasMore : Boolean(before),
      hasPreviousPage: kind === 'last' ? page.hasMore : Boolean(after),
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: null,
  };
}

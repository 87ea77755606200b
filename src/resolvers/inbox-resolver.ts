import { Arg, Args, Ctx, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import type { ChangedConversation } from '../events/delivery/conversation-changes.js';
import { MAX_EXAMINED } from '../events/port/inbox.js';
import { DEFAULT_PAGE, InboxArgs } from '../schema/inbox-args.js';
import { InboxConnection } from '../schema/inbox-connection.js';
import { InboxEntry } from '../schema/inbox-entry.js';
import { InboxFilter } from '../schema/inbox-filter.js';
import { pageSize } from './connections.js';
import { DefaultPageSize } from './default-page-size.js';
import { Examines } from './examined.js';
import { followInbox } from './follow-inbox.js';
import { readInboxPage, toInboxSelection } from './inbox-page.js';
import { requireChannel } from './require-channel.js';
import { toInboxConversation, toRemovedConversation } from './to-inbox-conversation.js';

/** An entry that does not match is examined in a tenth of the time that an object in an answer takes. */
const ENTRIES_OF_AN_OBJECT = 10;

@Resolver()
export class InboxResolver {
  @DefaultPageSize(DEFAULT_PAGE)
  @Examines({ filters: ['filter'], cost: MAX_EXAMINED / ENTRIES_OF_AN_OBJECT })
  @Query(() => InboxConnection, {
    description:
      'Conversations by last activity, newest first, as the events show them: no upstream call is made for state, assignment, last message and unread messages. Cursors stay valid while conversations move: none that stays where it is will be skipped.',
  })
  async inbox(
    @Ctx() context: RequestContext,
    @Args(() => InboxArgs) args: InboxArgs,
    @Arg('filter', () => InboxFilter, { nullable: true, description: 'Only conversations that match all given conditions.' })
    filter?: InboxFilter | null,
  ): Promise<InboxConnection> {
    const { kind, count } = pageSize(args, DEFAULT_PAGE);
    const { after = null, before = null } = args;
    const selection = toInboxSelection(context, filter);
    await requireChannel(context, 'filter.channelId', selection.channelId);
    const fromEnd = kind === 'last';
    // The cursor first: what it leaves out may be on the page, and never the other way round.
    const [latestCursor, { entries, next }] = await Promise.all([
      context.loaders.cursor('all'),
      readInboxPage(context, selection, { after, before, limit: count, fromEnd }),
    ]);
    const edges = entries.map((entry) => ({ cursor: entry.cursor, node: toInboxConversation(context, entry) }));
    return {
      edges,
      nodes: edges.map(({ node }) => node),
      pageInfo: {
        hasNextPage: fromEnd ? before !== null : next !== null,
        hasPreviousPage: fromEnd ? next !== null : after !== null,
        // Where a short page ends may be beyond what it holds.
        startCursor: (fromEnd ? next : null) ?? edges[0]?.cursor ?? null,
        endCursor: (fromEnd ? null : next) ?? edges.at(-1)?.cursor ?? null,
      },
      totalCount: null,
      latestCursor,
    };
  }

  @Subscription(() => InboxEntry, {
    description:
      'Conversations of the inbox when they change, not by typing or a read marker alone, each at most once a second. Start after `InboxConnection.latestCursor` and resume after the cursor of the last entry received; an entry may then be repeated.',
    subscribe: followInbox as never,
  })
  inboxChanged(
    @Root() { cursor, change }: ChangedConversation,
    @Ctx() context: RequestContext,
    @Arg('after', () => String, {
      nullable: true,
      description: 'Log position: what has changed since comes first, then live changes. Live changes only if omitted.',
    })
    _after?: string | null,
    @Arg('filter', () => InboxFilter, {
      nullable: true,
      description:
        'Only conversations that match all given conditions. One that changes and does not match is delivered once, with `removed`, since it may be on a list that was queried before.',
    })
    _filter?: InboxFilter | null,
  ): InboxEntry {
    const { conversationId, entry, isRemoved } = change;
    const conversation = entry === null ? toRemovedConversation(conversationId) : toInboxConversation(context, entry);
    return { cursor, conversation, removed: isRemoved };
  }
}

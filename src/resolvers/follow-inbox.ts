import { LRUCache } from 'lru-cache';
import type { ResolverData } from 'type-graphql';
import { readerOfViewer } from '../auth/reader-of-viewer.js';
import type { RequestContext } from '../context/request-context.js';
import { entryLimit } from '../domain/entry-limit.js';
import { ACTIVITY_EVENT_TYPES } from '../domain/inbox-summary.js';
import { ConversationChanges } from '../events/delivery/conversation-changes.js';
import type { InboxChange } from '../events/delivery/conversation-changes.js';
import type { Deliveries } from '../events/port/log-subscription.js';
import type { Delivery } from '../events/port/stored-event.js';
import type { InboxEntry } from '../events/port/inbox.js';
import type { InboxFilter } from '../schema/inbox-filter.js';
import { findChannel } from './conversation-channels.js';
import { isStillVisible, ownConversations, toInboxSelection } from './inbox-page.js';
import type { InboxSelection } from './inbox-page.js';
import { requireChannel } from './require-channel.js';

/** Of how many conversations one subscription remembers what it has found out. */
const REMEMBERED = 10_000;

interface FollowArgs {
  readonly after?: string | null;
  readonly filter?: InboxFilter | null;
}

/** The changes of the viewer's inbox. Arguments are read here: type-graphql converts and validates none at subscribe time. */
export async function followInbox({ args, context: untyped }: ResolverData): Promise<Deliveries> {
  const context = untyped as RequestContext;
  const { after = null, filter = null } = args as FollowArgs;
  const selection = toInboxSelection(context, filter);
  await requireChannel(context, 'filter.channelId', selection.channelId);
  const followed = new FollowedInbox(context, selection, await ownConversations(context));
  let changes: ConversationChanges | null = null;
  const source = await context.log.subscribe('all', {
    types: ACTIVITY_EVENT_TYPES,
    onOverflow: context.onSlowConsumer,
    onErased: (conversationId) => changes?.acceptErasure(conversationId),
    ...(after === null ? {} : { after }),
  });
  changes = new ConversationChanges({
    source,
    mayWant: (delivery) => followed.mayWant(delivery),
    read: (conversationIds) => followed.read(conversationIds),
  });
  return changes;
}

/** Decides which changes a subscription delivers. */
class FollowedInbox {
  readonly #own: ReadonlySet<string> | null;
  /** Conversations that the viewer may not see. */
  readonly #foreign = new LRUCache<string, true>(entryLimit(REMEMBERED));
  /** Whether conversations matched the filter when they last changed. One that is not in here may be on the viewer's list: it was queried before. */
  readonly #matched = new LRUCache<string, boolean>(entryLimit(REMEMBERED));

  constructor(
    private readonly context: RequestContext,
    private readonly selection: InboxSelection,
    own: readonly string[] | null,
  ) {
    this.#own = own === null ? null : new Set(own);
  }

  mayWant({ event: { conversationId, type } }: Delivery): boolean {
    if (this.#own === null || conversationId === null || this.#own.has(conversationId)) return true;
    if (this.context.viewer.customerId === null) return false;
    // Only an update says whose a conversation is.
    return type === 'CONVERSATION_UPDATED' || !this.#foreign.has(conversationId);
  }

  async read(conversationIds: readonly string[]): Promise<readonly (InboxChange | null)[]> {
    const { log, viewer } = this.context;
    const entries = await log.inbox.entries(conversationIds, readerOfViewer(viewer));
    return Promise.all(
      conversationIds.map(async (conversationId, index) => {
        const entry = entries[index] ?? null;
        if (entry === null) return this.#removal(conversationId);
        return this.#isVisible(entry) ? await this.#change(entry) : this.#hidden(conversationId);
      }),
    );
  }

  /** Of a conversation that is not in the inbox any more. */
  #removal(conversationId: string): InboxChange | null {
    const wasMatching = this.#matched.get(conversationId);
    this.#matched.delete(conversationId);
    const isOwn = this.#own?.has(conversationId) ?? true;
    return (wasMatching ?? isOwn) ? { conversationId, entry: null, isRemoved: true } : null;
  }

  /** Of a conversation that is another customer's, since when its own customer was changed perhaps: it leaves the list that had it, once. */
  #hidden(conversationId: string): InboxChange | null {
    const mayBeListed = this.#matched.get(conversationId) ?? this.#own?.has(conversationId) ?? true;
    if (mayBeListed) this.#matched.set(conversationId, false);
    return mayBeListed ? { conversationId, entry: null, isRemoved: true } : null;
  }

  #isVisible(entry: InboxEntry): boolean {
    const { conversationId, customer } = entry;
    const isVisible = (this.#own?.has(conversationId) ?? true) || customer !== null ? isStillVisible(this.context, entry) : false;
    if (isVisible) this.#foreign.delete(conversationId);
    else this.#foreign.set(conversationId, true);
    return isVisible;
  }

  async #change(entry: InboxEntry): Promise<InboxChange | null> {
    const { conversationId } = entry;
    // A channel that cannot be read now excludes nothing.
    const isMatching = await this.#matches(entry).catch(() => null);
    const wasMatching = this.#matched.get(conversationId) ?? true;
    if (isMatching === null) this.#matched.delete(conversationId);
    else this.#matched.set(conversationId, isMatching);
    return isMatching === false && !wasMatching ? null : { conversationId, entry, isRemoved: isMatching === false };
  }

  async #matches({ conversationId, state, customer, unread }: InboxEntry): Promise<boolean> {
    const { conditions, channelId } = this.selection;
    const { states, customerId, unreadOnly } = conditions;
    if (states !== null && !states.includes(state)) return false;
    if (customerId !== null && customer?.customerId !== customerId) return false;
    if (unreadOnly && unread === 0) return false;
    return channelId === null || (await this.context.fork((one) => findChannel(conversationId, one))) === channelId;
  }
}

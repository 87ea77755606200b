import { canView } from '../auth/visibility.js';
import { readerOfViewer } from '../auth/reader-of-viewer.js';
import type { RequestContext } from '../context/request-context.js';
import { MAX_PAGE_SIZE } from '../domain/page-limit.js';
import type { InboxConditions, InboxEntry, InboxPage, InboxQuery } from '../events/port/inbox.js';
import type { InboxFilter } from '../schema/inbox-filter.js';
import { channelArgument, labelArgument, listArgument } from './arguments.js';
import { findChannel } from './conversation-channels.js';
import { requireCapability } from './require-capability.js';

/** How many conversations' channels one page asks the upstream for at most. */
const MAX_CHANNEL_LOOKUPS = 100;
/** Of a customer's conversations, as many as this are looked for in the upstream's list. */
const MAX_OWN_CONVERSATIONS = 1_000;

/** A checked filter. */
export interface InboxSelection {
  readonly conditions: InboxConditions;
  /** Vendor id; null for all channels. */
  readonly channelId: string | null;
}

/**
 * Throws `BadUserInputError` that names an invalid condition, and `UnsupportedByUpstreamError` if customers are asked for and no event of this upstream reports any: nothing would
 * match.
 */
export function toInboxSelection(context: Pick<RequestContext, 'api'>, filter: InboxFilter | null | undefined): InboxSelection {
  const { states = null, channelId = null, customerId = null, unreadOnly = null } = filter ?? {};
  const selection = {
    channelId: channelArgument('filter.channelId', channelId),
    conditions: {
      states: listArgument('filter.states', states),
      customerId: labelArgument('filter.customerId', customerId),
      unreadOnly: unreadOnly === true,
      among: null,
    },
  };
  if (customerId !== null) requireCapability(context, 'UPDATE_CONVERSATION');
  return selection;
}

/** The conversations that a customer may see: those that its token lists, and those that the upstream lists as its own. Null for viewers who may see all. */
export async function ownConversations({ viewer, loaders }: RequestContext): Promise<readonly string[] | null> {
  const { role, customerId, conversationIds } = viewer;
  if (role !== 'CUSTOMER') return null;
  const own = new Set(conversationIds ?? []);
  if (customerId === null) return [...own];
  const filter = { channelId: null, status: null, customerId, email: null, properties: [] };
  for (let from = 0; from < MAX_OWN_CONVERSATIONS; from += MAX_PAGE_SIZE) {
    const window = { kind: 'first', count: MAX_PAGE_SIZE, from, before: null } as const;
    const page = await loaders.conversations(window, { filter, orderBy: null });
    for (const { conversationId } of page.items) own.add(conversationId);
    if (!page.hasMore) break;
  }
  return [...own];
}

/** Whether a viewer may see an entry of a conversation that was its own when last asked: not if an event has reported another customer since. */
export function isStillVisible({ viewer }: Pick<RequestContext, 'viewer'>, { conversationId, customer }: InboxEntry): boolean {
  return customer === null || canView(viewer, { conversationId, customer });
}

/** Which part of the inbox is read, and from which side. */
export type InboxWindow = Pick<InboxQuery, 'after' | 'before' | 'limit' | 'fromEnd'>;

/** A page of the viewer's inbox. */
export async function readInboxPage(
  context: RequestContext,
  { conditions, channelId }: InboxSelection,
  window: InboxWindow,
): Promise<InboxPage> {
  const { limit, fromEnd } = window;
  const own = await ownConversations(context);
  const query = { ...window, reader: readerOfViewer(context.viewer), conditions: { ...conditions, among: own } };
  // In the order of reading: from the end, the lowest is first.
  const found: InboxEntry[] = [];
  let next = fromEnd ? window.before : window.after;
  for (let lookups = 0; ;) {
    const page = await context.log.inbox.page({ ...query, ...(fromEnd ? { before: next } : { after: next }) });
    const visible = page.entries.filter((entry) => isStillVisible(context, entry));
    if (channelId === null) return { entries: withoutRepetitions(visible), next: page.next };
    const channels = await Promise.all(
      visible.map(async (entry) => {
        if (!context.services.known.has(entry.conversationId)) lookups += 1;
        return findChannel(entry.conversationId, context);
      }),
    );
    const wanted = visible.filter((_, index) => channels[index] === channelId);
    found.push(...(fromEnd ? wanted.toReversed() : wanted));
    next = found.length > limit ? (found[limit - 1]?.cursor ?? null) : page.next;
    if (next === null || found.length >= limit || lookups >= MAX_CHANNEL_LOOKUPS) break;
  }
  const entries = found.slice(0, limit);
  return { entries: withoutRepetitions(fromEnd ? entries.reverse() : entries), next };
}

/** Each conversation once: one that moves up while a page is read from the end may be found twice. */
function withoutRepetitions(entries: readonly InboxEntry[]): readonly InboxEntry[] {
  const seen = new Set<string>();
  return entries.filter(({ conversationId }) => !seen.has(conversationId) && seen.add(conversationId));
}

import DataLoader from 'dataloader';
import { readerOfViewer } from '../auth/reader-of-viewer.js';
import { visibleByToken, canView } from '../auth/visibility.js';
import type { Viewer } from '../auth/viewer.js';
import type { RequestBytes } from '../datasources/upstream/bytes-in-flight.js';
import type { ChatApi, ReadOptions } from '../datasources/chat-api.js';
import { createLoader } from '../datasources/create-loader.js';
import { agentsFromEvents, mergeAgents } from '../domain/agents-from-events.js';
import type { ChannelRecord, WebhookRecord } from '../domain/channel.js';
import type { AttachmentRecord } from '../domain/attachment.js';
import { selected } from '../domain/conversation-filter.js';
import type { ConversationSelection } from '../domain/conversation-filter.js';
import type { ConversationRecord, InteractionRecord, ParticipantRecord } from '../domain/conversation.js';
import type { Handling } from '../domain/interaction-metrics.js';
import { metricsByInteraction } from '../domain/interaction-figures.js';
import type { InteractionMetrics } from '../domain/interaction-figures.js';
import { windowOfArray } from '../domain/window.js';
import type { Window, WindowOf } from '../domain/window.js';
import { scopeKey } from '../events/port/cursor.js';
import type { Head, Scope } from '../events/port/event-log.js';
import type { InboxEntry } from '../events/port/inbox.js';
import type { Services } from './services.js';
import { conversationNotFound } from './conversation-not-found.js';
import { MessageLoaders } from './message-loaders.js';

/** How many calls may start beside the one for a conversation that may not exist, or that the viewer may not be allowed to see. */
const MAX_SPECULATIVE_CALLS = 3;

/** A read of a part of a conversation, which can start before the conversation's record is there. */
export interface ConversationRead {
  /** What is read: reads of the same name are one. */
  readonly name: string;
  /** How many upstream calls it starts with, at most. */
  readonly calls: number;
  readonly start: (loaders: RequestLoaders, conversationId: string) => Promise<unknown>;
}

/**
 * The reads of one request: each object once, none of them older than the log's head. A conversation that the viewer may not see reads as null. Loaders are created on
 * first use: most requests, and nearly all events, need few.
 */
export class RequestLoaders {
  #head: Promise<Head> | null = null;
  readonly #cursors = new Map<string, Promise<string>>();
  readonly #loaders = new Map<string, unknown>();
  #messages: MessageLoaders | null = null;
  #inboxEntry: DataLoader<string, InboxEntry | null> | null = null;
  /** Conversations whose records permit the viewer to see them. */
  readonly #admitted = new Set<string>();
  /** How many more calls may start for conversations whose visibility is not known yet. */
  #speculativeCalls = MAX_SPECULATIVE_CALLS;

  constructor(
    private readonly services: Services,
    private readonly viewer: Viewer,
    private readonly bytes: RequestBytes | null,
    private readonly api: ChatApi = services.api,
  ) {}

  get conversation(): DataLoader<string, ConversationRecord | null> {
    return this.#loader('conversation', async (id) => {
      if (visibleByToken(this.viewer, id) === false) return null;
      const { known } = this.services;
      const record = await this.api.conversation(id, await this.asOf({ conversationId: id }));
      if (record === null) known.forget(id);
      else known.remember(record);
      if (record === null || !canView(this.viewer, record)) return null;
      this.#admitted.add(id);
      return record;
    });
  }

  get participants(): DataLoader<string, readonly ParticipantRecord[]> {
    const { api } = this;
    return this.#loader('participants', async (id) => {
      const listed = await api.participants(id, await this.partsOf(id));
      return api.capabilities.has('AGENT_NAMES') ? mergeAgents(listed, agentsFromEvents(await this.handling.load(id))) : listed;
    });
  }

  get interactions(): DataLoader<string, readonly InteractionRecord[]> {
    return this.#loader('interactions', async (id) => this.api.interactions(id, await this.partsOf(id)));
  }

  /** All attachments of a conversation: the upstream cannot list some of them. */
  get attachments(): DataLoader<string, readonly AttachmentRecord[]> {
    return this.#loader('attachments', async (id) => this.api.attachments(id, await this.partsOf(id)));
  }

  get channel(): DataLoader<string, ChannelRecord | null> {
    return this.#loader('channel', async (id) => {
      const record = await this.api.channel(id, await this.asOf('all'));
      if (record !== null) this.services.channels.remember(id);
      return record;
    });
  }

  /** The channel that a conversation had when this gateway last read it. Null if that is not known. */
  rememberedChannel(conversationId: string): Promise<ChannelRecord | null> {
    const channelId = this.services.known.channelId(conversationId);
    return channelId === null ? Promise.resolve(null) : this.channel.load(channelId);
  }

  /** Read from the log, not from the upstream. */
  get handling(): DataLoader<string, Handling> {
    return this.#loader('handling', (id) => this.services.log.interactionMetrics(id));
  }

  /** Of the log: what its inbox has of a conversation, for this viewer. */
  get inboxEntry(): DataLoader<string, InboxEntry | null> {
    this.#inboxEntry ??= new DataLoader((ids) => this.services.log.inbox.entries(ids, readerOfViewer(this.viewer)));
    return this.#inboxEntry;
  }

  /** The metrics of all interactions of a conversation, by interaction id; computed once. */
  get figures(): DataLoader<string, ReadonlyMap<string, InteractionMetrics>> {
    return this.#loader('figures', async (id) =>
      metricsByInteraction(...(await Promise.all([this.interactions.load(id), this.handling.load(id)]))),
    );
  }

  get webhook(): DataLoader<string, WebhookRecord | null> {
    return this.#loader('webhook', async (id) => this.api.webhook(id, await this.asOf('all')));
  }

  /** The cursor of a scope, taken before the first upstream call. */
  cursor(scope: Scope): Promise<string> {
    const key = scopeKey(scope);
    let cursor = this.#cursors.get(key);
    if (cursor === undefined) {
      this.#head ??= this.services.log.head();
      cursor = this.#head.then((head) => head.cursor(scope));
      this.#cursors.set(key, cursor);
    }
    return cursor;
  }

  async asOf(scope: Scope): Promise<ReadOptions> {
    return { asOf: await this.cursor(scope), bytes: this.bytes };
  }

  /** For reads of what belongs to a conversation. If the viewer's right depends on the record, they return nothing before it is there, and fail if it does not permit them. */
  readonly partsOf = async (conversationId: string): Promise<ReadOptions> => {
    const read = await this.asOf({ conversationId });
    return this.#isVisible(conversationId) === true ? read : { ...read, admit: () => this.#admit(conversationId) };
  };

  /** Null while it depends on the conversation's record. */
  #isVisible(conversationId: string): boolean | null {
    return this.#admitted.has(conversationId) || visibleByToken(this.viewer, conversationId);
  }

  async #admit(conversationId: string): Promise<void> {
    if ((await this.conversation.load(conversationId)) === null) throw conversationNotFound();
  }

  get messages(): MessageLoaders {
    this.#messages ??= new MessageLoaders(this.services, this.api, this.interactions, this.partsOf);
    return this.#messages;
  }

  /**
   * Starts reads that are going to be needed if the conversation exists and the viewer may see it. Who needs them gets the same results, or errors, from the loaders.
   * For a conversation that this gateway has not seen lately, and for all that the viewer may not be allowed to see, few calls are started.
   */
  start(conversationId: string, reads: readonly ConversationRead[]): void {
    const isVisible = this.#isVisible(conversationId);
    if (isVisible === false) return;
    const isKnown = isVisible === true && this.services.known.has(conversationId);
    let left = isKnown ? Infinity : isVisible === true ? MAX_SPECULATIVE_CALLS : this.#speculativeCalls;
    for (const read of reads) {
      if (read.calls > left) continue;
      left -= read.calls;
      read.start(this, conversationId).catch(() => undefined);
    }
    if (isVisible === null) this.#speculativeCalls = left;
  }

  /** Those that the viewer may see: a customer's by its customer id, or else those that its token lists. */
  async conversations(window: Window, selection: ConversationSelection): Promise<WindowOf<ConversationRecord>> {
    const { role, customerId, conversationIds } = this.viewer;
    if (role === 'CUSTOMER' && customerId === null) return this.#listed(conversationIds ?? [], window, selection);
    const { filter } = selection;
    const isOther = role === 'CUSTOMER' && filter.customerId !== null && filter.customerId !== customerId;
    if (isOther) return windowOfArray(window, []);
    const own = role === 'CUSTOMER' ? { ...selection, filter: { ...filter, customerId } } : selection;
    const page = await this.api.conversations(window, await this.asOf('all'), own);
    const items = page.items.filter((record) => canView(this.viewer, record));
    for (const record of items) {
      this.services.known.remember(record);
      this.#admitted.add(record.conversationId);
      this.conversation.prime(record.conversationId, record);
    }
    return items.length === page.items.length ? page : { ...page, items, total: null };
  }

  async #listed(ids: readonly string[], window: Window, selection: ConversationSelection): Promise<WindowOf<ConversationRecord>> {
    const records = await Promise.all(ids.map((id) => this.conversation.load(id)));
    return windowOfArray(window, selected(records, selection));
  }

  #loader<T>(name: string, load: (id: string) => Promise<T>): DataLoader<string, T> {
    const known = this.#loaders.get(name) as DataLoader<string, T> | undefined;
    if (known !== undefined) return known;
    const loader = createLoader(load);
    this.#loaders.set(name, loader);
    return loader;
  }

  /** Rejects with `NotFoundError` unless the log knows the conversation or the upstream does. */
  async requireConversation(conversationId: string): Promise<void> {
    if ((await this.services.log.hasEvents(conversationId)) || (await this.conversation.load(conversationId)) !== null) return;
    throw conversationNotFound();
  }
}

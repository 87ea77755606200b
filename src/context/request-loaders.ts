import type DataLoader from 'dataloader';
import { visibleByToken, canView } from '../auth/visibility.js';
import type { Viewer } from '../auth/viewer.js';
import type { RequestBytes } from '../datasources/upstream/bytes-in-flight.js';
import type { ReadOptions } from '../datasources/chat-api.js';
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
import type { MessageRecord, NamedMessage } from '../domain/message.js';
import { windowInList, windowInSection, windowOfArray } from '../domain/window.js';
import type { Window, WindowOf } from '../domain/window.js';
import { scopeKey } from '../events/port/cursor.js';
import type { Head, Scope } from '../events/port/event-log.js';
import type { Services } from './services.js';
import { conversationNotFound } from './conversation-not-found.js';

/**
 * The reads of one request: each object once, none of them older than the log's head. A conversation that the viewer may not see reads as null. Loaders are created on
 * first use: most requests, and nearly all events, need few.
 */
export class RequestLoaders {
  #head: Promise<Head> | null = null;
  readonly #cursors = new Map<string, Promise<string>>();
  readonly #loaders = new Map<string, unknown>();

  constructor(
    private readonly services: Services,
    private readonly viewer: Viewer,
    private readonly bytes: RequestBytes | null,
  ) {}

  get conversation(): DataLoader<string, ConversationRecord | null> {
    return this.#loader('conversation', async (id) => {
      if (visibleByToken(this.viewer, id) === false) return null;
      const record = await this.services.api.conversation(id, await this.asOf({ conversationId: id }));
      return record !== null && canView(this.viewer, record) ? record : null;
    });
  }

  get participants(): DataLoader<string, readonly ParticipantRecord[]> {
    const { api } = this.services;
    return this.#loader('participants', async (id) => {
      const listed = await api.participants(id, await this.asOf({ conversationId: id }));
      return api.capabilities.has('AGENT_NAMES') ? mergeAgents(listed, agentsFromEvents(await this.handling.load(id))) : listed;
    });
  }

  get interactions(): DataLoader<string, readonly InteractionRecord[]> {
    return this.#loader('interactions', async (id) => this.services.api.interactions(id, await this.asOf({ conversationId: id })));
  }

  /** Of a conversation, all of them: the upstream has no call for some. */
  get attachments(): DataLoader<string, readonly AttachmentRecord[]> {
    return this.#loader('attachments', async (id) => this.services.api.attachments(id, await this.asOf({ conversationId: id })));
  }

  get channel(): DataLoader<string, ChannelRecord | null> {
    return this.#loader('channel', async (id) => this.services.api.channel(id, await this.asOf('all')));
  }

  /** Of the log, not of the upstream. */
  get handling(): DataLoader<string, Handling> {
    return this.#loader('handling', (id) => this.services.log.interactionMetrics(id));
  }

  /** Of all of a conversation's interactions, by interaction id: worked out once. */
  get figures(): DataLoader<string, ReadonlyMap<string, InteractionMetrics>> {
    return this.#loader('figures', async (id) =>
      metricsByInteraction(...(await Promise.all([this.interactions.load(id), this.handling.load(id)]))),
    );
  }

  get webhook(): DataLoader<string, WebhookRecord | null> {
    return this.#loader('webhook', async (id) => this.services.api.webhook(id, await this.asOf('all')));
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

  /** Those that the viewer may see: a customer's by its customer id, or else those that its token lists. */
  async conversations(window: Window, selection: ConversationSelection): Promise<WindowOf<ConversationRecord>> {
    const { role, customerId, conversationIds } = this.viewer;
    if (role === 'CUSTOMER' && customerId === null) return this.#listed(conversationIds ?? [], window, selection);
    const { filter } = selection;
    const isOther = role === 'CUSTOMER' && filter.customerId !== null && filter.customerId !== customerId;
    if (isOther) return windowOfArray(window, []);
    const own = role === 'CUSTOMER' ? { ...selection, filter: { ...filter, customerId } } : selection;
    const page = await this.services.api.conversations(window, await this.asOf('all'), own);
    const items = page.items.filter((record) => canView(this.viewer, record));
    for (const record of items) this.conversation.prime(record.conversationId, record);
    return items.length === page.items.length ? page : { ...page, items, total: null };
  }

  async #listed(ids: readonly string[], window: Window, selection: ConversationSelection): Promise<WindowOf<ConversationRecord>> {
    const records = await Promise.all(ids.map((id) => this.conversation.load(id)));
    return windowOfArray(window, selected(records, selection));
  }

  async messages(conversationId: string, window: Window): Promise<WindowOf<NamedMessage>> {
    const read = await this.asOf({ conversationId });
    return this.services.history.window(
      conversationId,
      window,
      (part) => this.services.api.messages(conversationId, part, read),
      read.asOf,
    );
  }

  /** A window of the messages of one interaction, positions counted from its first one. Null if the upstream does not say which they are. */
  async messagesOfInteraction(conversationId: string, interactionId: string, window: Window): Promise<WindowOf<NamedMessage> | null> {
    const interactions = await this.interactions.load(conversationId);
    const interaction = interactions.find((one) => one.interactionId === interactionId);
    if (interaction === undefined) return null;
    const read = await this.asOf({ conversationId });
    const places = await this.services.api.locateInteraction(conversationId, interaction, interactions, read);
    if (places === null) return this.#messagesAmongOthers(conversationId, interaction, window);
    return windowInSection(await this.messages(conversationId, windowInList(window, places)), places);
  }

  async #messagesAmongOthers(
    conversationId: string,
    interaction: InteractionRecord,
    window: Window,
  ): Promise<WindowOf<NamedMessage> | null> {
    const { api, history } = this.services;
    const page = await api.interactionMessages(conversationId, interaction, window, await this.asOf({ conversationId }));
    return page === null ? null : { ...page, items: await history.name(conversationId, page.items) };
  }

  /** By its id in the upstream's list, which is the vendor's if it has one. Null if there is none. */
  async messageById(conversationId: string, listedId: string): Promise<NamedMessage | null> {
    const record: MessageRecord | null = await this.services.api.message(conversationId, listedId, await this.asOf({ conversationId }));
    if (record === null) return null;
    return (await this.services.history.name(conversationId, [record]))[0] ?? null;
  }

  /** By the identity that the log assigned when it first saw the message. */
  async messageByKey(conversationId: string, key: string): Promise<NamedMessage | null> {
    const found = await this.services.log.findByIdentity(conversationId, key);
    const listedId = found === null ? /^m(.+)$/s.exec(key)?.[1] : (found.identity.listedId ?? undefined);
    const listed = listedId === undefined ? null : await this.messageById(conversationId, listedId);
    return listed ?? (found?.event ? this.services.history.ofEvent(found.event) : null);
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

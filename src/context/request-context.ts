import type DataLoader from 'dataloader';
import type { Tickets } from '../auth/tickets.js';
import type { CustomerTokens } from '../auth/customer-tokens.js';
import { EventAuthorizer } from '../auth/event-authorization.js';
import { NODE_RULES, isRoleEnough } from '../auth/rules.js';
import type { Rule } from '../auth/rules.js';
import { visibleByToken, canView } from '../auth/visibility.js';
import type { Viewer } from '../auth/viewer.js';
import type { BytesInFlight, RequestBytes } from '../datasources/upstream/bytes-in-flight.js';
import type { ChatApi, OutgoingMessage, ReadOptions } from '../datasources/chat-api.js';
import { Deadline, readsWithin } from '../datasources/upstream/deadline.js';
import { loaderOf } from '../datasources/create-loader.js';
import { agentsFromEvents, mergeAgents } from '../domain/agents-from-events.js';
import type { ChannelRecord, WebhookRecord } from '../domain/channel.js';
import type { AttachmentRecord } from '../domain/attachment.js';
import type { Clock } from '../domain/clock.js';
import { selected } from '../domain/conversation-filter.js';
import type { ConversationSelection } from '../domain/conversation-filter.js';
import type { ConversationRecord, InteractionRecord, ParticipantRecord } from '../domain/conversation.js';
import { ForbiddenError, NotFoundError, UnauthenticatedError } from '../domain/errors.js';
import type { Handling } from '../domain/interaction-metrics.js';
import { metricsByInteraction } from '../domain/interaction-figures.js';
import type { InteractionMetrics } from '../domain/interaction-figures.js';
import type { MessageRecord, NamedMessage } from '../domain/message.js';
import { windowInList, windowInSection, windowOfArray } from '../domain/window.js';
import type { Window, WindowOf } from '../domain/window.js';
import { scopeKey } from '../events/port/cursor.js';
import type { EventLog, Head, Scope } from '../events/port/event-log.js';
import type { MessageHistory } from '../events/history/message-history.js';
import type { IdempotentExecutor } from '../events/jobs/idempotent-executor.js';
import type { EchoSynthesizer } from '../events/jobs/synthetic-events.js';
import type { Projections } from '../events/history/projections.js';
import type { TypingStore } from '../events/port/typing-store.js';

/** What lives as long as the gateway. */
export interface Services {
  readonly api: ChatApi;
  readonly log: EventLog;
  readonly history: MessageHistory;
  readonly projections: Projections;
  /** Null where the upstream's events tell of what is done through the API. */
  readonly echoes: EchoSynthesizer<OutgoingMessage> | null;
  readonly typing: TypingStore;
  /** For mutations that create. */
  readonly idempotency: IdempotentExecutor;
  readonly clock: Clock;
  /** For the uploads and downloads of attachments. */
  readonly tickets: Tickets;
  readonly customerTokens: CustomerTokens;
  /** Where clients reach this gateway, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly version: string;
  /** How long one request may wait for reads of the upstream, all in all. */
  readonly requestTimeoutMs: number;
  /** Bounds what each viewer's requests hold of the upstream's answers. Null where viewers are not told from each other. */
  readonly bytesInFlight: BytesInFlight | null;
}

/** Whom a request, or an operation on a socket, comes from, and how it is told to come back. */
export interface Caller {
  readonly viewer: Viewer;
  readonly requestId: string;
  readonly onSlowConsumer?: () => void;
  /** Called when the caller's token turns out to have expired in the middle of a subscription. */
  readonly onTokenExpired?: () => void;
}

/**
 * What one request, or one event of a subscription, works with. Its cursor is taken before its first upstream call, and each call carries it,
 * so that no answer is older than the cursor says.
 */
export class RequestContext {
  // No #private fields: Apollo works with a shallow copy of the context.
  private boundedServices: Services | null = null;
  private currentLoaders: RequestLoaders | null = null;
  private readonly bytes: RequestBytes | null;

  constructor(
    readonly services: Services,
    readonly caller: Caller,
  ) {
    this.bytes = services.bytesInFlight?.forRequest(caller.viewer.identity) ?? null;
  }

  /** What has been read so far; another one after each change. Made when it is first asked for, which few events do; the time for reading runs from then. */
  get loaders(): RequestLoaders {
    this.boundedServices ??= { ...this.services, api: readsWithin(this.services.api, new Deadline(this.services.requestTimeoutMs)) };
    this.currentLoaders ??= new RequestLoaders(this.boundedServices, this.viewer, this.bytes);
    return this.currentLoaders;
  }

  get viewer(): Viewer {
    return this.caller.viewer;
  }

  get requestId(): string {
    return this.caller.requestId;
  }

  /** Called when the caller does not take the events of a subscription fast enough. */
  get onSlowConsumer(): () => void {
    return this.caller.onSlowConsumer ?? (() => undefined);
  }

  get api(): ChatApi {
    return this.services.api;
  }

  get log(): EventLog {
    return this.services.log;
  }

  /**
   * Why the viewer may not do what has this rule, as far as that does not depend on which: `UnauthenticatedError` where there is no token or it has expired
   * meanwhile, `ForbiddenError` where its role is not enough. Null: it may.
   */
  authorizationError(rule: Rule | undefined): UnauthenticatedError | ForbiddenError | null {
    const { role, expiresAt } = this.viewer;
    if (expiresAt !== null && expiresAt.getTime() <= this.services.clock()) return this.onTokenExpired();
    if (isRoleEnough(rule, role)) return null;
    return role === 'ANONYMOUS'
      ? new UnauthenticatedError(
          'This needs a token: `Authorization: Bearer …` in the HTTP headers, or `authorization` in the `connectionParams` of a WebSocket.',
        )
      : new ForbiddenError('Your token does not allow this.');
  }

  /** Whether the viewer sees a conversation: at once, where the token alone tells. */
  canView(conversationId: string): boolean | Promise<boolean> {
    return visibleByToken(this.viewer, conversationId) ?? this.loaders.conversation.load(conversationId).then((record) => record !== null);
  }

  /** Whether the viewer may fetch a node of this type whose global id has these parts. */
  canViewNode(type: string, [outermost = '']: readonly string[]): boolean | Promise<boolean> {
    const rule = NODE_RULES[type];
    return isRoleEnough(rule, this.viewer.role) && (rule !== 'CONVERSATION' || this.canView(outermost));
  }

  /** The viewer's rights to the events of a subscription; to those of one conversation, which it sees now, or of all. */
  authorizeEvents(conversationId: string | null): EventAuthorizer {
    const isCertain = conversationId === null || visibleByToken(this.viewer, conversationId) === true;
    return new EventAuthorizer(
      this.viewer,
      this.services.clock,
      isCertain ? null : async () => this.fork((one) => one.canView(conversationId)),
    );
  }

  /** Tells the caller's connection that the token has expired, and gives the fault to throw. */
  onTokenExpired(): UnauthenticatedError {
    this.caller.onTokenExpired?.();
    return new UnauthenticatedError('The token has expired: get another one.');
  }

  /** Forgets what was read: called after a change, so that its payload shows the change. */
  resetLoaders(): void {
    this.currentLoaders = null;
  }

  /** Works for one event of a subscription: for the same caller, with nothing read yet. What was read is released at the end. */
  fork<T>(work: (context: RequestContext) => T | Promise<T>): T | Promise<T> {
    const context = new RequestContext(this.services, this.caller);
    const result = work(context);
    if (result instanceof Promise) return result.finally(() => context.release());
    context.release();
    return result;
  }

  /** Whether anything that was read is counted until it is released. */
  get holdsBytes(): boolean {
    return this.bytes !== null && this.bytes.held > 0;
  }

  /** What was read counts no more for the viewer: called once the answer is sent, or nobody waits for it. */
  release(): void {
    this.bytes?.release();
  }
}

/** The reads of one request: each thing once, none of them older than the head; a conversation that the viewer does not see is not there. Each loader is made when it is first asked for: most requests, and nearly all events, need few. */
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
      const told = await api.participants(id, await this.asOf({ conversationId: id }));
      return api.capabilities.has('AGENT_NAMES') ? mergeAgents(told, agentsFromEvents(await this.handling.load(id))) : told;
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

  /** Those that the viewer sees. A customer's: of its customer id, or else those that its token lists. */
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

  /** A window of the messages of one interaction, places counted from its first one. Null where the upstream does not tell which they are. */
  async messagesOfInteraction(conversationId: string, interactionId: string, window: Window): Promise<WindowOf<NamedMessage> | null> {
    const interactions = await this.interactions.load(conversationId);
    const interaction = interactions.find((one) => one.interactionId === interactionId);
    if (interaction === undefined) return null;
    const read = await this.asOf({ conversationId });
    const places = await this.services.api.interactionPlaces(conversationId, interaction, interactions, read);
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

  /** By what the upstream's list calls it, the vendor's id where it has one; null: there is none. */
  async messageById(conversationId: string, listedId: string): Promise<NamedMessage | null> {
    const record: MessageRecord | null = await this.services.api.message(conversationId, listedId, await this.asOf({ conversationId }));
    if (record === null) return null;
    return (await this.services.history.name(conversationId, [record]))[0] ?? null;
  }

  /** By the name that the message was first given. */
  async messageByKey(conversationId: string, key: string): Promise<NamedMessage | null> {
    const found = await this.services.log.findByIdentity(conversationId, key);
    const listedId = found === null ? /^m(.+)$/s.exec(key)?.[1] : (found.identity.listedId ?? undefined);
    const listed = listedId === undefined ? null : await this.messageById(conversationId, listedId);
    return listed ?? (found?.event ? this.services.history.ofEvent(found.event) : null);
  }

  #loader<T>(name: string, load: (id: string) => Promise<T>): DataLoader<string, T> {
    const known = this.#loaders.get(name) as DataLoader<string, T> | undefined;
    if (known !== undefined) return known;
    const loader = loaderOf(load);
    this.#loaders.set(name, loader);
    return loader;
  }

  /** Rejects with `NotFoundError` unless the log knows the conversation or the upstream does. */
  async requireConversation(conversationId: string): Promise<void> {
    if ((await this.services.log.hasEvents(conversationId)) || (await this.conversation.load(conversationId)) !== null) return;
    throw noSuchConversation();
  }
}

/** The same for a conversation that is hidden and for one that is not there. */
export const noSuchConversation = () => new NotFoundError('There is no such conversation.');

export { bindCustomer as boundToCreator, rejectReason as inputRefusal } from '../auth/customer-input.js';
export type { GuardedInput } from '../auth/customer-input.js';
export type { EventAuthorizer as EventRights, Decision as Verdict } from '../auth/event-authorization.js';
export { RULES } from '../auth/rules.js';
export type { Rule } from '../auth/rules.js';
export { MAX_CONVERSATIONS, MAX_TTL_SECONDS } from '../auth/token-settings.js';
export { SlowConsumerError } from '../events/port/errors.js';
export { FilteredSubscription } from '../events/delivery/filtered-subscription.js';
export { PulledDeliveries } from '../events/delivery/pulled-deliveries.js';
export type { Deliveries, Delivery, LogHealth, DeliverySink as Taker } from '../events/port/event-log.js';

import { pause } from '../backoff.js';
import { codesOf } from '../error-classification.js';
import {
  CapabilitiesDocument,
  LeaveConversationDocument,
  MarkReadDocument,
  MessagesDocument,
  SendTypingDocument,
  StatusDocument,
} from '../generated/graphql.js';
import type { MessagesQueryVariables } from '../generated/graphql.js';
import { newKey } from '../new-key.js';
import { sessionStorageOrMemory } from './browser-storage.js';
import type { KeptStorage } from './browser-storage.js';
import { NOTHING_KNOWN, withEvent, withSnapshot } from './conversation-state.js';
import type { Known, LiveEvent, Reader } from './conversation-state.js';
import { arrivedIn, circumstances, emptyView, viewOf } from './conversation-view.js';
import type { Circumstances, ConversationView } from './conversation-view.js';
import { deliver } from './delivery.js';
import { knownMessages, mergeLatest, mergeNewer, mergeOlder, windowOf } from './message-window.js';
import type { MessagePage, MessageWindow } from './message-window.js';
import { Outbox } from './outbox.js';
import type { OutgoingContent } from './outbox.js';
import type { ConversationSource, ConversationStep } from './source.js';

export interface ConversationOptions {
  /** On whose behalf it reads and writes; default CUSTOMER. */
  readonly as?: Reader;
  /** Where outgoing messages survive a reload; default: the tab's own storage. */
  readonly storage?: KeptStorage;
  /** Messages per page, 1 to 100; default 50. */
  readonly pageSize?: number;
}

/** Time between two attempts to send. */
const RETRY_MS = 2_000;
/** The other side shows typing for about so long. */
const TYPING_MS = 5_000;
/** A component that is mounted again within it (React's StrictMode, another route) finds the subscription running. */
const LINGER_MS = 1_000;

/**
 * One conversation, kept up to date while somebody has subscribed: messages in pages, events, and an outbox. A store for React's `useSyncExternalStore` or for any other
 * framework; it needs none.
 */
export class ConversationStore {
  readonly #as: Reader;
  readonly #listeners = new Set<() => void>();
  #outbox: Outbox | null = null;
  #around: Circumstances;
  #known: Known = NOTHING_KNOWN;
  #view: ConversationView;
  #cursor: string | null = null;
  #following: AbortController | null = null;
  #typedAt = -Infinity;
  #publishing: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly id: string,
    private readonly source: ConversationSource,
    private readonly options: ConversationOptions = {},
  ) {
    this.#as = options.as ?? 'CUSTOMER';
    this.#around = circumstances(id);
    const initial = emptyView(id);
    this.#view = initial;
    this.initialView = () => initial;
  }

  readonly view = (): ConversationView => this.#view;

  /** Of a server, and of the first render in a browser: nothing is known yet. */
  readonly initialView: () => ConversationView;

  /** Follows the conversation until the last listener has left. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) setTimeout(() => this.#listeners.size === 0 && this.#stop(), LINGER_MS);
    };
  };

  /** Sends a message, optimistically: it is in `pending` until the conversation shows it. */
  readonly send = (message: OutgoingContent): void => {
    this.#out().add(message);
    this.markRead();
  };

  /** Sends a message again that was rejected, or whose delivery is not confirmed. */
  readonly sendAgain = (clientMessageId: string): void => this.#out().again(clientMessageId);

  readonly discard = (clientMessageId: string): void => this.#out().discard(clientMessageId);

  readonly loadOlder = (): Promise<void> => this.#loadPage('older', mergeOlder);

  readonly loadNewer = (): Promise<void> => this.#loadPage('newer', mergeNewer);

  /** Shows the conversation's first or last page instead of what is loaded. */
  readonly jumpTo = async (end: 'first' | 'last'): Promise<void> => {
    const before = new Set(knownMessages(this.#known.window).map(({ id }) => id));
    const page = await this.#page(end === 'first' ? { first: this.#pageSize } : { last: this.#pageSize });
    // The page may have been read before these were written.
    const meanwhile = knownMessages(this.#known.window).filter(({ id }) => !before.has(id));
    if (page) this.#learn({ ...this.#known, window: windowOf(page, meanwhile) });
  };

  /** Call when the reader has seen everything: nothing is unread, and the others see it if the contact centre supports it. */
  readonly markRead = (): void => {
    if (this.#known.unread.length === 0) return;
    this.#learn({ ...this.#known, unread: [] });
    if (this.#can('READ_RECEIPTS'))
      this.#tryOnce(this.source.request(MarkReadDocument, { input: { conversationId: this.id, sendAs: this.#as } }));
  };

  /** Call at each keystroke: reports at intervals that somebody types here, if the contact centre supports it. */
  readonly notifyTyping = (): void => {
    if (!this.#can('TYPING') || performance.now() - this.#typedAt < TYPING_MS) return;
    this.#typedAt = performance.now();
    this.#tryOnce(this.source.request(SendTypingDocument, { input: { conversationId: this.id, sendAs: this.#as } }));
  };

  /** Ends it on the customer's behalf; a later message starts a new interaction. */
  readonly leave = async (): Promise<void> => {
    await this.source.request(LeaveConversationDocument, { input: { conversationId: this.id } });
  };

  #start(): void {
    if (this.#following !== null) return;
    const following = new AbortController();
    this.#following = following;
    const { signal } = following;
    this.#out();
    const stop = this.source.onConnection((isConnected) => this.#connection(isConnected));
    signal.addEventListener('abort', stop);
    void this.#follow(signal);
    this.#tryOnce(this.#loadCapabilities());
  }

  #connection(isConnected: boolean): void {
    this.#note(isConnected ? { connection: 'online', problem: null } : { connection: 'offline' });
    if (isConnected) this.#tryOnce(this.#loadCapabilities());
  }

  #stop(): void {
    this.#following?.abort();
    this.#following = null;
    // Not stored, so that resuming does not correct it.
    this.#known = { ...this.#known, typing: [] };
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const onRetry = (problem: unknown, delayMs: number) => {
      // With a code it is the gateway that has answered.
      if (delayMs > 0) this.#note(codesOf(problem).length > 0 ? { problem } : { problem, connection: 'offline' });
    };
    try {
      for await (const step of this.source.follow(this.id, { after: this.#cursor, signal, onRetry })) this.#step(step);
    } catch (problem) {
      if (!signal.aborted) this.#note({ status: codesOf(problem).includes('NOT_FOUND') ? 'gone' : 'failed', problem });
    }
  }

  #step(step: ConversationStep): void {
    this.#cursor = step.cursor;
    if (step.kind === 'event') {
      if (step.data) this.#receive(step.data.conversationEvents);
      return;
    }
    const { conversation } = step.snapshot;
    if (conversation) this.#known = withSnapshot(this.#known, conversation, this.#as);
    this.#note({ status: 'ready', connection: 'online', problem: null });
  }

  #receive(event: LiveEvent): void {
    this.#known = withEvent(this.#known, event, this.#as);
    this.#publishSoon();
    const isAnswer = event.__typename === 'MessageAdded' && event.message.author.type === 'AGENT';
    // No event says that a first answer has been measured.
    if (isAnswer && this.#known.interactions.at(-1)?.firstResponseSeconds === null) this.#tryOnce(this.#refreshStatus());
  }

  async #refreshStatus(): Promise<void> {
    const { conversation } = await this.source.request(StatusDocument, { id: this.id });
    if (conversation?.interactions) this.#learn({ ...this.#known, interactions: conversation.interactions.nodes });
  }

  async #loadCapabilities(): Promise<void> {
    if (this.#around.capabilities.length > 0) return;
    const { gateway } = await this.source.request(CapabilitiesDocument, {});
    this.#note({ capabilities: gateway.capabilities });
  }

  async #loadPage(isLoading: 'older' | 'newer', merge: (window: MessageWindow, page: MessagePage) => MessageWindow): Promise<void> {
    const { before, after } = this.#known.window;
    const cursor = isLoading === 'older' ? before : after;
    if (cursor === null || this.#around.isLoading !== null) return;
    this.#note({ isLoading });
    try {
      const page = await this.#page(isLoading === 'older' ? { last: this.#pageSize, before } : { first: this.#pageSize, after });
      const { window } = this.#known;
      // Meanwhile a snapshot may have replaced what the page would adjoin.
      if (page && (isLoading === 'older' ? window.before : window.after) === cursor)
        this.#learn({ ...this.#known, window: merge(window, page) });
    } finally {
      this.#note({ isLoading: null });
    }
  }

  async #page(position: Omit<MessagesQueryVariables, 'id'>): Promise<MessagePage | null> {
    const { conversation } = await this.source.request(MessagesDocument, { id: this.id, ...position });
    return conversation?.messages ?? null;
  }

  /** Created on first use: a server has no outbox. */
  #out(): Outbox {
    if (this.#outbox !== null) return this.#outbox;
    const delivery = {
      request: this.source.request,
      conversationId: this.id,
      sendAs: this.#as,
      onMessages: (page: MessagePage) => this.#learn({ ...this.#known, window: mergeLatest(this.#known.window, page) }),
    };
    this.#outbox = new Outbox({
      deliver: (entry) => deliver(delivery, entry),
      later: () => pause(RETRY_MS, new AbortController().signal),
      storage: this.options.storage ?? sessionStorageOrMemory(),
      key: `chat.outbox.${this.id}`,
      newKey,
    });
    this.#outbox.subscribe(() => this.#publish());
    return this.#outbox;
  }

  get #pageSize(): number {
    return this.options.pageSize ?? 50;
  }

  #can(capability: Circumstances['capabilities'][number]): boolean {
    return this.#around.capabilities.includes(capability);
  }

  /** Best effort. */
  #tryOnce(work: Promise<unknown>): void {
    work.catch(() => undefined);
  }

  #learn(known: Known): void {
    this.#known = known;
    this.#publish();
  }

  #note(change: Partial<Circumstances>): void {
    this.#around = { ...this.#around, ...change };
    this.#publish();
  }

  /** Events that arrive together are shown together. */
  #publishSoon(): void {
    this.#publishing ??= setTimeout(() => this.#publish(), 0);
  }

  #publish(): void {
    clearTimeout(this.#publishing);
    this.#publishing = undefined;
    this.#outbox?.arrived(arrivedIn(this.#known.window));
    this.#view = viewOf(this.#around, this.#known, this.#outbox?.entries() ?? []);
    for (const listener of this.#listeners) listener();
  }
}

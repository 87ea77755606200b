import { pause } from '../backoff.js';
import { codesOf, RefusedError } from '../error-classification.js';
import { LeaveConversationDocument, StatusDocument } from '../generated/graphql.js';
import { newKey } from '../new-key.js';
import { sessionStorageOrMemory } from './browser-storage.js';
import type { KeptStorage } from './browser-storage.js';
import { NOTHING_KNOWN, withEvent, withSnapshot } from './conversation-state.js';
import type { Known, LiveEvent, Reader } from './conversation-state.js';
import { arrivedIn, circumstances, emptyView, viewOf } from './conversation-view.js';
import type { Circumstances, ConversationView } from './conversation-view.js';
import { deliver } from './delivery.js';
import { Indications } from './indications.js';
import { MessagePager } from './message-pager.js';
import { mergeLatest } from './message-window.js';
import type { MessagePage } from './message-window.js';
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
/** A component that is mounted again within it (React's StrictMode, another route) finds the subscription running. */
const LINGER_MS = 1_000;

/**
 * One conversation, kept up to date while somebody has subscribed: messages in pages, events, and an outbox. A store for React's `useSyncExternalStore` or for any other
 * framework; it needs none.
 */
export class ConversationStore {
  readonly #as: Reader;
  readonly #listeners = new Set<() => void>();
  readonly #pager: MessagePager;
  readonly #indications: Indications;
  #outbox: Outbox | null = null;
  #around: Circumstances;
  #known: Known = NOTHING_KNOWN;
  #view: ConversationView;
  #cursor: string | null = null;
  #following: AbortController | null = null;
  #publishing: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly id: string,
    private readonly source: ConversationSource,
    private readonly options: ConversationOptions = {},
  ) {
    this.#as = options.as ?? 'CUSTOMER';
    this.#around = circumstances(id);
    this.#view = emptyView(id);
    const initial = this.#view;
    this.initialView = () => initial;
    const { request } = source;
    this.#pager = new MessagePager({
      request,
      conversationId: id,
      pageSize: options.pageSize ?? 50,
      window: () => this.#known.window,
      onWindow: (window) => this.#learn({ window }),
      onLoading: (isLoading) => this.#note({ isLoading }),
    });
    const onCapabilities = (capabilities: Circumstances['capabilities']) => this.#note({ capabilities });
    this.#indications = new Indications({ request, conversationId: id, sendAs: this.#as, onCapabilities });
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
    this.#openOutbox().add(message);
    this.markRead();
  };

  /** Sends a message again that was rejected, or whose delivery is not confirmed. */
  readonly sendAgain = (clientMessageId: string): void => this.#openOutbox().again(clientMessageId);

  /** Removes an outgoing message. */
  readonly discard = (clientMessageId: string): void => this.#openOutbox().discard(clientMessageId);

  /** Loads the page before, or after, the messages loaded so far. Rejects if the gateway cannot be reached. */
  readonly loadOlder = (): Promise<void> => this.#pager.extend('older');

  readonly loadNewer = (): Promise<void> => this.#pager.extend('newer');

  /** Shows the conversation's first or last page instead of what is loaded. */
  readonly jumpTo = (end: 'first' | 'last'): Promise<void> => this.#pager.jumpTo(end);

  /** Call when the reader has seen everything: nothing is unread, and the others see it if the contact centre supports it. */
  readonly markRead = (): void => {
    if (this.#known.unread.length === 0) return;
    this.#learn({ unread: [] });
    this.#indications.read();
  };

  /** Call at each keystroke: reports at intervals that somebody types here, if the contact centre supports it. */
  readonly notifyTyping = (): void => this.#indications.typing();

  /** Ends it on the customer's behalf; a later message starts a new interaction. Rejects if the gateway cannot be reached, or refuses. */
  readonly leave = async (): Promise<void> => {
    const { leaveConversation } = await this.source.request(LeaveConversationDocument, { input: { conversationId: this.id } });
    const errors = leaveConversation.userErrors.map(({ code, message }) => ({ message, extensions: { code } }));
    if (errors.length > 0) throw new RefusedError(errors);
  };

  #start(): void {
    if (this.#following !== null) return;
    this.#following = new AbortController();
    const { signal } = this.#following;
    this.#openOutbox();
    const stop = this.source.onConnection((isConnected) => {
      this.#note(isConnected ? { connection: 'online', problem: null } : { connection: 'offline' });
      if (isConnected) this.#indications.loadCapabilities();
    });
    signal.addEventListener('abort', stop);
    void this.#follow(signal);
    this.#indications.loadCapabilities();
  }

  #stop(): void {
    this.#following?.abort();
    this.#following = null;
    // Not stored, so that resuming does not correct it.
    this.#learn({ typing: [] });
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const onRetry = (problem: unknown, delayMs: number) => {
      // With a code it is the gateway that has answered.
      if (delayMs > 0) this.#note(codesOf(problem).length > 0 ? { problem } : { problem, connection: 'offline' });
    };
    try {
      for await (const step of this.source.follow(this.id, { after: this.#cursor, signal, onRetry })) {
        if (signal.aborted) return;
        this.#advance(step);
      }
    } catch (problem) {
      if (!signal.aborted) this.#note({ status: codesOf(problem).includes('NOT_FOUND') ? 'gone' : 'failed', problem });
    }
  }

  #advance(step: ConversationStep): void {
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
    // Events that arrive together are shown together.
    this.#publishing ??= setTimeout(() => this.#publish(), 0);
    const isAnswer = event.__typename === 'MessageAdded' && event.message.author.type === 'AGENT';
    // No event says that a first answer has been measured.
    if (isAnswer && this.#known.interactions.at(-1)?.firstResponseSeconds === null) void this.#refreshStatus().catch(() => undefined);
  }

  async #refreshStatus(): Promise<void> {
    const { conversation } = await this.source.request(StatusDocument, { id: this.id });
    if (conversation?.interactions) this.#learn({ interactions: conversation.interactions.nodes });
  }

  /** On first use, since a server has none. */
  #openOutbox(): Outbox {
    if (this.#outbox !== null) return this.#outbox;
    const onMessages = (page: MessagePage) => this.#learn({ window: mergeLatest(this.#known.window, page) });
    const delivery = { request: this.source.request, conversationId: this.id, sendAs: this.#as, onMessages };
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

  #learn(change: Partial<Known>): void {
    this.#known = { ...this.#known, ...change };
    this.#publish();
  }

  #note(change: Partial<Circumstances>): void {
    this.#around = { ...this.#around, ...change };
    this.#publish();
  }

  #publish(): void {
    clearTimeout(this.#publishing);
    this.#publishing = undefined;
    this.#outbox?.arrived(arrivedIn(this.#known.window));
    this.#view = viewOf(this.#around, this.#known, this.#outbox?.entries() ?? []);
    for (const listener of this.#listeners) listener();
  }
}

import type { InboxEntry } from '../port/inbox.js';
import type { Deliveries, DeliverySink, LogSubscription } from '../port/log-subscription.js';
import type { Delivery } from '../port/stored-event.js';
import { PulledDeliveries } from './pulled-deliveries.js';

/** How often a conversation is delivered at most: once a second. */
const INTERVAL_MS = 1_000;
/** Entries read together. */
const BATCH = 20;
/** Changed conversations that may wait before no more events are taken. */
const MAX_PENDING = 10_000;

/** How a conversation has changed. */
export interface InboxChange {
  readonly conversationId: string;
  /** Null if it is not in the inbox any more. */
  readonly entry: InboxEntry | null;
  /** Whether it does not belong to the list that is followed, so that it is to be removed from it. */
  readonly isRemoved: boolean;
}

/** A conversation that has changed. Its cursor is the one to resume after: an event before it may be repeated, none is missed. */
export interface ChangedConversation extends Delivery {
  readonly change: InboxChange;
}

export interface ConversationChangesOptions {
  /** Events of all conversations. */
  readonly source: LogSubscription;
  /** Whether events of a conversation may matter at all; called for each event. */
  readonly mayWant: (delivery: Delivery) => boolean;
  /** What is to be delivered of conversations, in their order; null for nothing. */
  readonly read: (conversationIds: readonly string[]) => Promise<readonly (InboxChange | null)[]>;
  readonly intervalMs?: number;
}

/** Stands for the event that an erasure has not. */
function erasureOf(conversationId: string): Omit<Delivery, 'cursor'> {
  const now = new Date();
  const data = { eventType: 'ERASED', payload: null };
  const event = { id: '', conversationId, occurredAt: now, receivedAt: now, source: 'GATEWAY', type: 'UNRECOGNIZED', data } as const;
  return { event, identity: null, replayed: false };
}

/** An undelivered change. */
interface Pending {
  readonly conversationId: string;
  /** Cursor before the first event that it stands for, and the order in which these came. */
  readonly before: string;
  readonly order: number;
  /** The latest event; null if it is only that everything was erased. */
  delivery: Delivery | null;
}

/**
 * Turns events into changed conversations: each is delivered once for all its events of one interval, the first immediately. What waits is bounded by the number of conversations, not of
 * events.
 */
export class ConversationChanges implements Deliveries {
  /** By conversation, in the order of the first event. */
  readonly #pending = new Map<string, Pending>();
  /** Pending conversations that may be delivered now. */
  readonly #ready = new Set<string>();
  /** When conversations were last delivered, the earliest first; those within the interval. */
  readonly #sentAt = new Map<string, number>();
  /** Being delivered. */
  #sending: Pending[] = [];
  /** Everything up to this cursor was taken from the source. */
  #seen: string;
  #order = 0;
  #sink: DeliverySink | null = null;
  #isBusy = false;
  #timer: NodeJS.Timeout | null = null;
  /** Resumes the source. */
  #onDrained: (() => void) | null = null;

  constructor(private readonly options: ConversationChangesOptions) {
    this.#seen = options.source.cursor;
  }

  get bookmark(): string | null {
    return this.#pending.size === 0 && !this.#isBusy ? this.options.source.bookmark : null;
  }

  pipeTo(sink: DeliverySink): void {
    this.#sink = sink;
    this.options.source.pipeTo({ write: (delivery) => this.#accept(delivery), end: (error) => this.#end(error) });
  }

  return(): Promise<IteratorResult<Delivery>> {
    this.#stop();
    return this.options.source.return();
  }

  [Symbol.asyncIterator](): AsyncIterator<Delivery> {
    return new PulledDeliveries(this);
  }

  /** Reads a conversation again that was erased, though no event says so. */
  acceptErasure(conversationId: string): void {
    if (!this.#pending.has(conversationId)) this.#add(conversationId, this.#seen, null);
    this.#sendReady();
  }

  #accept(delivery: Delivery): Promise<void> | null {
    const before = this.#seen;
    this.#seen = delivery.cursor;
    const { conversationId } = delivery.event;
    if (conversationId === null || !this.options.mayWant(delivery)) return null;
    const known = this.#pending.get(conversationId);
    if (known === undefined) this.#add(conversationId, before, delivery);
    else known.delivery = delivery;
    this.#sendReady();
    return this.#pending.size < MAX_PENDING ? null : new Promise((resolve) => (this.#onDrained = resolve));
  }

  #add(conversationId: string, before: string, delivery: Delivery | null): void {
    this.#pending.set(conversationId, { conversationId, before, order: (this.#order += 1), delivery });
    if (!this.#sentAt.has(conversationId)) this.#ready.add(conversationId);
  }

  #sendReady(): void {
    if (this.#isBusy || this.#sink === null || this.#ready.size === 0) return;
    this.#isBusy = true;
    this.#takeBatch();
    this.#send(this.#sink).then(
      () => {
        this.#isBusy = false;
        this.#resumeSource();
        this.#sendReady();
      },
      (error: unknown) => {
        void this.options.source.return();
        this.#end(error as Error);
      },
    );
  }

  #takeBatch(): void {
    for (const conversationId of this.#ready) {
      if (this.#sending.length === BATCH) break;
      const pending = this.#pending.get(conversationId);
      this.#ready.delete(conversationId);
      this.#pending.delete(conversationId);
      if (pending === undefined) continue;
      this.#sending.push(pending);
      this.#sentAt.set(conversationId, performance.now());
    }
    this.#timer ??= this.#setTimer();
  }

  async #send(sink: DeliverySink): Promise<void> {
    const changes = await this.options.read(this.#sending.map(({ conversationId }) => conversationId));
    for (const change of changes) {
      const sent = this.#sending.shift();
      if (this.#sink === null || sent === undefined) return;
      if (change === null) continue;
      const { event, identity, replayed } = sent.delivery ?? erasureOf(change.conversationId);
      // An event of its own: results are kept by events, and these depend on who reads.
      const changed: ChangedConversation = { event: { ...event }, identity, replayed, cursor: this.#resumeCursor(), change };
      await sink.write(changed);
    }
  }

  /** Before the first event whose change is not delivered yet. */
  #resumeCursor(): string {
    const [first] = this.#pending.values();
    let earliest = first;
    for (const waiting of this.#sending) if (earliest === undefined || waiting.order < earliest.order) earliest = waiting;
    return earliest?.before ?? this.#seen;
  }

  #resumeSource(): void {
    if (this.#pending.size >= MAX_PENDING) return;
    this.#onDrained?.();
    this.#onDrained = null;
  }

  #setTimer(): NodeJS.Timeout {
    const [earliest = 0] = this.#sentAt.values();
    const { intervalMs = INTERVAL_MS } = this.options;
    return setTimeout(() => this.#release(), Math.max(1, earliest + intervalMs - performance.now()));
  }

  /** Conversations whose interval is over may be delivered again. */
  #release(): void {
    const { intervalMs = INTERVAL_MS } = this.options;
    const now = performance.now();
    for (const [conversationId, sentAt] of this.#sentAt) {
      if (sentAt + intervalMs > now) break;
      this.#sentAt.delete(conversationId);
      if (this.#pending.has(conversationId)) this.#ready.add(conversationId);
    }
    this.#timer = this.#sentAt.size === 0 ? null : this.#setTimer();
    this.#sendReady();
  }

  #end(error: Error | null): void {
    const sink = this.#sink;
    this.#stop();
    sink?.end(error);
  }

  #stop(): void {
    this.#sink = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#pending.clear();
    this.#ready.clear();
    this.#onDrained?.();
    this.#onDrained = null;
  }
}

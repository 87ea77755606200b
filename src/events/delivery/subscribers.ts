import type { ConversationEvent } from '../../domain/event.js';
import type { Delivery, Scope } from '../port/event-log.js';

/** Who is told of events as they happen. */
export interface Subscriber {
  /** A stored event. One object is handed to all subscribers of a scope. */
  accept(delivery: Delivery): void;
  /** An event that is not stored. */
  acceptTransient(event: ConversationEvent): void;
  /** The log closes. */
  end(): void;
  /** What it had still to be told cannot be told any more. */
  fail(error: Error): void;
  /** Events that it has not taken yet. */
  readonly queued: number;
}

/** One by itself, as in most conversations, or several. */
type Listeners = Subscriber | Set<Subscriber>;

const NOBODY: ReadonlySet<Subscriber> = new Set();

/** Who listens to what. Telling of an event costs as much as its scope has subscribers, however many others there are. */
export class Subscribers {
  readonly #byConversation = new Map<string, Listeners>();
  readonly #ofAll = new Set<Subscriber>();

  add(scope: Scope, subscriber: Subscriber): void {
    if (scope === 'all') {
      this.#ofAll.add(subscriber);
      return;
    }
    const { conversationId } = scope;
    const listeners = this.#byConversation.get(conversationId);
    if (listeners === undefined) this.#byConversation.set(conversationId, subscriber);
    else if (listeners instanceof Set) listeners.add(subscriber);
    else this.#byConversation.set(conversationId, new Set([listeners, subscriber]));
  }

  remove(scope: Scope, subscriber: Subscriber): void {
    if (scope === 'all') {
      this.#ofAll.delete(subscriber);
      return;
    }
    const { conversationId } = scope;
    const listeners = this.#byConversation.get(conversationId);
    if (listeners instanceof Set) listeners.delete(subscriber);
    if (listeners === subscriber || (listeners instanceof Set && listeners.size === 0)) this.#byConversation.delete(conversationId);
  }

  /** Tells the subscribers of one scope; `delivery` is called once, and only if there are any. */
  deliver(scope: Scope, delivery: () => Delivery): void {
    const listeners = scope === 'all' ? this.#ofAll : this.#byConversation.get(scope.conversationId);
    if (listeners === undefined) return;
    if (!(listeners instanceof Set)) listeners.accept(delivery());
    else if (listeners.size > 0) {
      const shared = delivery();
      for (const subscriber of listeners) subscriber.accept(shared);
    }
  }

  acceptTransient(scope: Scope, event: ConversationEvent): void {
    for (const subscriber of this.#of(scope)) subscriber.acceptTransient(event);
  }

  fail(scope: Scope, error: Error): void {
    for (const subscriber of [...this.#of(scope)]) subscriber.fail(error);
  }

  endAll(): void {
    for (const subscriber of [...this.#everybody()]) subscriber.end();
  }

  /** How many there are, and how many events wait for them together. */
  stats(): { subscriptions: number; queued: number } {
    let subscriptions = 0;
    let queued = 0;
    for (const subscriber of this.#everybody()) {
      subscriptions += 1;
      queued += subscriber.queued;
    }
    return { subscriptions, queued };
  }

  #of(scope: Scope): ReadonlySet<Subscriber> | readonly Subscriber[] {
    const listeners = scope === 'all' ? this.#ofAll : (this.#byConversation.get(scope.conversationId) ?? NOBODY);
    return listeners instanceof Set ? listeners : [listeners as Subscriber];
  }

  *#everybody(): Generator<Subscriber, void> {
    yield* this.#ofAll;
    for (const listeners of this.#byConversation.values()) {
      if (listeners instanceof Set) yield* listeners;
      else yield listeners;
    }
  }
}

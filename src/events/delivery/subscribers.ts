import type { ConversationEvent } from '../../domain/event.js';
import type { Scope } from '../port/event-log.js';
import type { Delivery } from '../port/stored-event.js';

/** Receives events as they are published. */
export interface Subscriber {
  /** A stored event. The same object is passed to all subscribers of a scope. */
  accept(delivery: Delivery): void;
  /** A transient event, which is not stored. */
  acceptTransient(event: ConversationEvent): void;
  /** All of a conversation has been removed. */
  acceptErasure(conversationId: string): void;
  /** The log is closing. */
  end(): void;
  /** Events that it still needs can no longer be read. */
  fail(error: Error): void;
  /** Events queued for it. */
  readonly queued: number;
}

/** A single subscriber, as in most conversations, or several. */
type ScopeSubscribers = Subscriber | Set<Subscriber>;

const NO_SUBSCRIBERS: ReadonlySet<Subscriber> = new Set();

/** Subscribers by scope. Publishing an event costs as much as its scope has subscribers, however many others there are. */
export class Subscribers {
  readonly #byConversation = new Map<string, ScopeSubscribers>();
  readonly #allScope = new Set<Subscriber>();

  add(scope: Scope, subscriber: Subscriber): void {
    if (scope === 'all') {
      this.#allScope.add(subscriber);
      return;
    }
    const { conversationId } = scope;
    const subscribers = this.#byConversation.get(conversationId);
    if (subscribers === undefined) this.#byConversation.set(conversationId, subscriber);
    else if (subscribers instanceof Set) subscribers.add(subscriber);
    else this.#byConversation.set(conversationId, new Set([subscribers, subscriber]));
  }

  remove(scope: Scope, subscriber: Subscriber): void {
    if (scope === 'all') {
      this.#allScope.delete(subscriber);
      return;
    }
    const { conversationId } = scope;
    const subscribers = this.#byConversation.get(conversationId);
    if (subscribers instanceof Set) subscribers.delete(subscriber);
    if (subscribers === subscriber || (subscribers instanceof Set && subscribers.size === 0)) this.#byConversation.delete(conversationId);
  }

  /** Delivers to the subscribers of one scope; `delivery` is called once, and only if there are any. */
  deliver(scope: Scope, delivery: () => Delivery): void {
    const subscribers = scope === 'all' ? this.#allScope : this.#byConversation.get(scope.conversationId);
    if (subscribers === undefined) return;
    if (!(subscribers instanceof Set)) subscribers.accept(delivery());
    else if (subscribers.size > 0) {
      const shared = delivery();
      for (const subscriber of subscribers) subscriber.accept(shared);
    }
  }

  acceptTransient(scope: Scope, event: ConversationEvent): void {
    for (const subscriber of this.#of(scope)) subscriber.acceptTransient(event);
  }

  /** For the subscribers of all conversations. */
  acceptErasure(conversationId: string): void {
    for (const subscriber of this.#allScope) subscriber.acceptErasure(conversationId);
  }

  fail(scope: Scope, error: Error): void {
    for (const subscriber of [...this.#of(scope)]) subscriber.fail(error);
  }

  endAll(): void {
    for (const subscriber of [...this.#allSubscribers()]) subscriber.end();
  }

  /** The conversations that have a subscriber. */
  conversations(): readonly string[] {
    return [...this.#byConversation.keys()];
  }

  /** How many subscribers there are, and how many events are queued for all of them. */
  stats(): { subscriptions: number; queued: number } {
    let subscriptions = 0;
    let queued = 0;
    for (const subscriber of this.#allSubscribers()) {
      subscriptions += 1;
      queued += subscriber.queued;
    }
    return { subscriptions, queued };
  }

  #of(scope: Scope): ReadonlySet<Subscriber> | readonly Subscriber[] {
    const subscribers = scope === 'all' ? this.#allScope : (this.#byConversation.get(scope.conversationId) ?? NO_SUBSCRIBERS);
    return subscribers instanceof Set ? subscribers : [subscribers as Subscriber];
  }

  *#allSubscribers(): Generator<Subscriber, void> {
    yield* this.#allScope;
    for (const subscribers of this.#byConversation.values()) {
      if (subscribers instanceof Set) yield* subscribers;
      else yield subscribers;
    }
  }
}

import type { ConversationEvent } from '../domain/event.js';
import { scopeKey } from './cursor.js';
import type { Delivery, Scope } from './event-log.js';

/** Who is told of events as they happen. */
export interface Subscriber {
  /** A stored event. One object is handed to all subscribers of a scope. */
  accept(delivery: Delivery): void;
  /** An event that is not stored. */
  pass(event: ConversationEvent): void;
  /** The log closes. */
  end(): void;
  /** What it had still to be told cannot be told any more. */
  fail(error: Error): void;
  /** Events that it has not taken yet. */
  readonly queued: number;
}

/** Who listens to what. Telling of an event costs as much as its scope has subscribers, however many others there are. */
export class Subscribers {
  readonly #byScope = new Map<string, Set<Subscriber>>();

  add(scope: Scope, subscriber: Subscriber): void {
    const key = scopeKey(scope);
    const subscribers = this.#byScope.get(key);
    if (subscribers === undefined) this.#byScope.set(key, new Set([subscriber]));
    else subscribers.add(subscriber);
  }

  remove(scope: Scope, subscriber: Subscriber): void {
    const key = scopeKey(scope);
    const subscribers = this.#byScope.get(key);
    subscribers?.delete(subscriber);
    if (subscribers?.size === 0) this.#byScope.delete(key);
  }

  /** Tells the subscribers of one scope; `delivery` is called once, and only if there are any. */
  deliver(scope: Scope, delivery: () => Delivery): void {
    const subscribers = this.#byScope.get(scopeKey(scope));
    if (subscribers === undefined) return;
    const shared = delivery();
    for (const subscriber of subscribers) subscriber.accept(shared);
  }

  pass(scope: Scope, event: ConversationEvent): void {
    for (const subscriber of this.#byScope.get(scopeKey(scope)) ?? []) subscriber.pass(event);
  }

  fail(scope: Scope, error: Error): void {
    for (const subscriber of [...(this.#byScope.get(scopeKey(scope)) ?? [])]) subscriber.fail(error);
  }

  endAll(): void {
    for (const subscribers of [...this.#byScope.values()]) {
      for (const subscriber of [...subscribers]) subscriber.end();
    }
  }

  /** How many there are, and how many events wait for them together. */
  levels(): { subscriptions: number; queued: number } {
    let subscriptions = 0;
    let queued = 0;
    for (const subscribers of this.#byScope.values()) {
      subscriptions += subscribers.size;
      for (const subscriber of subscribers) queued += subscriber.queued;
    }
    return { subscriptions, queued };
  }
}

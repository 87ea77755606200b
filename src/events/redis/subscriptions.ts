import type { Scope } from '../port/event-log.js';
import type { SubscriptionPage } from '../port/log-page.js';
import type { LogSubscription, SubscribeOptions } from '../port/log-subscription.js';
import { CatchUpSubscription, toReplayPage } from '../delivery/catch-up-subscription.js';
import type { Subscribers } from '../delivery/subscribers.js';
import type { CommandRunner } from './command-runner.js';
import type { Heads } from './heads.js';
import type { Cursors } from './positions.js';
import type { TopicReader } from './topic-reader.js';
import type { TopicHandle, TopicRegistry } from './topic-registry.js';

/** Stored events that a subscription reads per page. */
const SUBSCRIPTION_PAGE = 200;

export interface SubscriptionsOptions {
  readonly runner: CommandRunner;
  readonly cursors: Cursors;
  readonly heads: Heads;
  readonly topics: TopicRegistry;
  readonly reader: TopicReader;
  readonly subscribers: Subscribers;
  readonly queueLimit: number;
}

/** Starts the subscriptions of this gateway. */
export class Subscriptions {
  constructor(private readonly options: SubscriptionsOptions) {}

  /** Rejects with `LogUnavailableError` if Redis does not reply in time. Once started, a subscription waits for Redis to return. */
  async start(scope: Scope, options: SubscribeOptions): Promise<LogSubscription> {
    return options.after === undefined ? this.#startLive(scope, options) : this.#startAfter(scope, options.after, options);
  }

  async #startLive(scope: Scope, options: SubscribeOptions): Promise<LogSubscription> {
    const { runner, cursors, heads, topics, reader } = this.options;
    const head = runner.run(() => heads.of(scope));
    const handle = topics.acquire(scope);
    let isAbandoned = false;
    try {
      const position = await head;
      return await runner.run(() =>
        reader.joinLive(handle, position, (events) => {
          // The caller has gone. Not a kind of error that is retried.
          if (isAbandoned) throw new Error('The subscription was abandoned');
          const subscription = this.#create(scope, cursors.encode(scope, position), options, handle);
          for (const stored of events) subscription.accept({ ...stored, replayed: false });
          return subscription;
        }),
      );
    } catch (error) {
      isAbandoned = true;
      topics.release(handle);
      throw error;
    }
  }

  async #startAfter(scope: Scope, after: string, options: SubscribeOptions): Promise<LogSubscription> {
    const { runner, cursors, topics } = this.options;
    cursors.after(after, scope);
    const subscription = this.#create(scope, after, options, topics.acquire(scope));
    try {
      await runner.run(() => subscription.start());
      return subscription;
    } catch (error) {
      await subscription.return();
      throw error;
    }
  }

  #create(scope: Scope, cursor: string, options: SubscribeOptions, handle: TopicHandle): CatchUpSubscription {
    const { runner, cursors, topics, reader, subscribers, queueLimit } = this.options;
    // The first page is waited for, with a time limit: it is not searched for events of a shard, of which the first may lie far behind.
    let shard: SubscribeOptions['shard'] = null;
    const subscription: CatchUpSubscription = new CatchUpSubscription({
      cursor,
      types: options.types ?? null,
      shard: options.shard,
      queueLimit,
      readPage: (from, callbacks) => {
        const request = { types: options.types ?? null, shard, limit: SUBSCRIPTION_PAGE };
        const onPage = (page: SubscriptionPage) => {
          shard = options.shard;
          callbacks.resolve(toReplayPage(page));
        };
        runner
          .runWithoutTimeout(async () => reader.readPage(handle, cursors.after(from, scope), request, onPage))
          .catch((error: unknown) => callbacks.reject(error as Error));
      },
      onOverflow: options.onOverflow,
      onErased: options.onErased,
      onEnd: () => {
        subscribers.remove(scope, subscription);
        topics.release(handle);
      },
    });
    subscribers.add(scope, subscription);
    return subscription;
  }
}

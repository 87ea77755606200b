import type { LogSubscription, Scope, SubscribeOptions, SubscriptionPage } from '../port/event-log.js';
import { CatchUpSubscription, toReplayPage } from '../delivery/catch-up-subscription.js';
import type { Subscribers } from '../delivery/subscribers.js';
import type { CommandRunner } from './command-runner.js';
import type { Heads } from './heads.js';
import type { Cursors } from './positions.js';
import type { TopicHandle, TopicRegistry } from './topic-registry.js';

/** Stored events that a subscription reads at a time. */
const SUBSCRIPTION_PAGE = 200;

export interface SubscriptionsOptions {
  readonly runner: CommandRunner;
  readonly cursors: Cursors;
  readonly ends: Heads;
  readonly topics: TopicRegistry;
  readonly subscribers: Subscribers;
  readonly queueLimit: number;
}

/** Who subscribes at this gateway. */
export class Subscriptions {
  constructor(private readonly options: SubscriptionsOptions) {}

  /** Rejects with `LogUnavailableError` where Redis does not let it begin in time. Once begun, it waits for a Redis that is away. */
  async begin(scope: Scope, options: SubscribeOptions): Promise<LogSubscription> {
    return options.after === undefined ? this.#beginLive(scope, options) : this.#beginAfter(scope, options.after, options);
  }

  async #beginLive(scope: Scope, options: SubscribeOptions): Promise<LogSubscription> {
    const { runner, cursors, ends, topics } = this.options;
    const asked = runner.run(() => ends.of(scope));
    const open = topics.enter(scope);
    let isLate = false;
    try {
      const end = await asked;
      return await runner.run(() =>
        topics.join(open, end, (events) => {
          // Nobody is there any more to take what it would be told. Not the kind of error after which it is tried again.
          if (isLate) throw new Error('The subscription was given up');
          const begun = this.#new(scope, cursors.encode(scope, end), options, open);
          for (const logged of events) begun.accept({ ...logged, replayed: false });
          return begun;
        }),
      );
    } catch (error) {
      isLate = true;
      topics.leave(open);
      throw error;
    }
  }

  async #beginAfter(scope: Scope, after: string, options: SubscribeOptions): Promise<LogSubscription> {
    const { runner, cursors, topics } = this.options;
    cursors.after(after, scope);
    const subscription = this.#new(scope, after, options, topics.enter(scope));
    try {
      await runner.run(() => subscription.start());
      return subscription;
    } catch (error) {
      await subscription.return();
      throw error;
    }
  }

  #new(scope: Scope, cursor: string, options: SubscribeOptions, open: TopicHandle): CatchUpSubscription {
    const { runner, cursors, topics, subscribers, queueLimit } = this.options;
    const wanted = { types: options.types ?? null, limit: SUBSCRIPTION_PAGE };
    const subscription: CatchUpSubscription = new CatchUpSubscription({
      cursor,
      types: options.types ?? null,
      queueLimit,
      readPage: (from, outcome) => {
        const taken = (page: SubscriptionPage) => {
          outcome.resolve(toReplayPage(page));
        };
        runner
          .runWithoutTimeout(async () => topics.readOn(open, cursors.after(from, scope), wanted, taken))
          .catch((error: unknown) => outcome.reject(error as Error));
      },
      onOverflow: options.onOverflow,
      onEnd: () => {
        subscribers.remove(scope, subscription);
        topics.leave(open);
      },
    });
    subscribers.add(scope, subscription);
    return subscription;
  }
}

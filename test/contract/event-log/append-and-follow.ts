import { setTimeout as pause } from 'node:timers/promises';
import { CursorExpiredError } from '../../../src/domain/errors.js';
import { LogUnavailableError } from '../../../src/events/port/errors.js';
import type { EventLog, Scope } from '../../../src/events/port/event-log.js';
import type { LogSubscription } from '../../../src/events/port/log-subscription.js';
import { queued } from './sample-events.js';

/** As soon as whoever sends an event tries again, in milliseconds. */
const AGAIN_AFTER_MS = 20;

/** The events of one conversation, each sent, to one gateway after the other, until it is acknowledged; then the next. */
export class Lane {
  /** Ids, in order. */
  readonly acknowledged: string[] = [];
  refused = 0;
  #stopped = false;

  constructor(
    readonly conversationId: string,
    private readonly gateways: readonly EventLog[],
  ) {}

  /** The id of its last event. */
  get last(): string {
    return `${this.conversationId} last`;
  }

  /** Sends until it is stopped; then the last one. */
  async run(): Promise<void> {
    for (let n = 0; !this.#stopped; n += 1) await this.#send(`${this.conversationId} ${n}`);
    await this.#send(this.last);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #send(id: string): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        await this.gateways[tries % this.gateways.length]?.append(queued(id, { conversationId: this.conversationId }));
        this.acknowledged.push(id);
        return;
      } catch (error) {
        if (!(error instanceof LogUnavailableError)) throw error;
        this.refused += 1;
        await pause(AGAIN_AFTER_MS);
      }
    }
  }
}

/** What a follower was shown. */
export interface Followed {
  readonly scope: Scope;
  /** Ids, in order; from the start again where events were lost that it had been shown. */
  readonly shown: readonly string[];
  /** How often it resumed after the last cursor. */
  readonly resumes: number;
  /** How often its cursor was expired. */
  readonly expired: number;
}

/** Follows until it has been shown the last events; leaves after every so many, and reconnects to one gateway after the other. */
export async function follow(gateways: readonly EventLog[], scope: Scope, stays: number, lastIds: readonly string[]): Promise<Followed> {
  const [first] = gateways;
  let shown: string[] = [];
  let cursor = first?.origin(scope) ?? '';
  let expired = 0;
  for (let turn = 0; ; turn += 1) {
    try {
      const subscription = await gateways[turn % gateways.length]?.subscribe(scope, { after: cursor });
      if (subscription === undefined) throw new Error('there is no gateway');
      const ids = await idsOfNext(subscription, stays, lastIds.filter((id) => !shown.includes(id)).length);
      shown.push(...ids);
      cursor = subscription.cursor;
      if (lastIds.every((id) => shown.includes(id))) return { scope, shown, resumes: turn, expired };
    } catch (error) {
      if (error instanceof CursorExpiredError) {
        expired += 1;
        shown = [];
        cursor = first?.origin(scope) ?? '';
      } else if (error instanceof LogUnavailableError) await pause(AGAIN_AFTER_MS);
      else throw error;
    }
  }
}

/** At most so many, and no more than until so many lanes have ended. */
async function idsOfNext(subscription: LogSubscription, most: number, ends: number): Promise<string[]> {
  const ids: string[] = [];
  let ended = 0;
  try {
    while (ids.length < most && ended < ends) {
      const { done, value } = await subscription.next();
      if (done === true) throw new Error('the subscription ended by itself');
      ids.push(value.event.id);
      if (value.event.id.endsWith(' last')) ended += 1;
    }
    return ids;
  } finally {
    await subscription.return();
  }
}

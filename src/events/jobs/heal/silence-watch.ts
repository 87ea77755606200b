import type { Clock } from '../../../domain/clock.js';
import type { EventLog } from '../../port/event-log.js';
import type { FindListed } from './conversation-search.js';
import type { ConversationHealing } from './heal-conversation.js';
import { findLastWebhook } from './last-webhook.js';
import type { Look } from './look-queue.js';
import type { OpenConversations } from './open-conversations.js';
import { RepeatedTask } from '../../../domain/repeated-task.js';
import type { HealTimings } from './timings.js';

/** So many of the newest events are searched for one that a webhook reported. */
const NEWEST = 100;

/** No webhook has arrived for long, though conversations are open. */
export interface Silence {
  readonly since: Date;
  readonly openConversations: number;
}

export interface SilenceWatchOptions {
  readonly log: Pick<EventLog, 'read'>;
  readonly conversations: Pick<OpenConversations, 'find'>;
  readonly findListed: FindListed;
  readonly clock: Clock;
  readonly timings: Pick<HealTimings, 'tickMs' | 'silenceMs' | 'maxSilenceMs'>;
  /** When this gateway accepted its last webhook; null if it has not yet. */
  readonly lastWebhookAt: () => Date | null;
  readonly reachMs: number;
  readonly add: (look: Look) => void;
  /** Called with a silence when it is noticed, and with null when it is over. */
  readonly onSilence: (silence: Silence | null) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Notices that webhooks as a whole have fallen silent, at all gateways of the log, and has the open conversations looked at, as well as those that the upstream lists as open; and a
 * last time when webhooks arrive again, since some may have been lost after the look before.
 */
export class SilenceWatch {
  #lastAt: number;
  #silence: Silence | null = null;
  /** Since when webhooks are silent though something indicates that they are missing, epoch milliseconds; null if nothing does. */
  #silentSince: number | null = null;
  /** Something was healed that has happened since then: webhooks are missing, whatever is open. */
  #isProven = false;
  #isFirst = true;
  #nextLookAt = 0;
  #delayMs: number;
  /** The searches of the upstream's list so far. */
  #search = Promise.resolve();
  readonly #task = new RepeatedTask(() => this.#run());

  constructor(private readonly options: SilenceWatchOptions) {
    this.#lastAt = options.clock();
    this.#delayMs = options.timings.silenceMs;
  }

  /** Null while webhooks arrive, or none has to. */
  get current(): Silence | null {
    return this.#silence;
  }

  /** How long no webhook has arrived, in seconds; since the start, if none has since. */
  get seconds(): number {
    this.#note(this.options.lastWebhookAt());
    return Math.max(0, this.options.clock() - this.#lastAt) / 1_000;
  }

  start(): void {
    this.#task.start();
  }

  close(): void {
    this.#task.close();
  }

  async #run(): Promise<number> {
    await this.#tick().catch(this.options.onError);
    return this.options.timings.tickMs;
  }

  async #tick(): Promise<void> {
    const { clock, timings } = this.options;
    if (this.#isFirst) await this.#lookAtStart();
    if (this.#isSilent()) await this.#noteNewestEvent();
    if (!this.#isSilent()) {
      await this.#over();
      return;
    }
    if (clock() < this.#nextLookAt) return;
    await this.#lookAtSilence();
    this.#nextLookAt = clock() + this.#delayMs;
    this.#delayMs = Math.min(this.#delayMs * 2, timings.maxSilenceMs);
  }

  /** Webhooks may have been silent when the gateway was stopped, and arrive again by now. */
  async #lookAtStart(): Promise<void> {
    const now = this.#lastAt;
    const last = await findLastWebhook(this.options.log, new Date(now));
    if (last !== null && now - last.getTime() >= this.options.timings.silenceMs) {
      await this.#look(last, { requestedAt: new Date(now), withEnded: false });
    }
    this.#isFirst = false;
  }

  #isSilent(): boolean {
    return this.seconds * 1_000 >= this.options.timings.silenceMs;
  }

  /** Another gateway of the log may have received one. */
  async #noteNewestEvent(): Promise<void> {
    this.#note((await this.#newestWebhooks()).at(-1) ?? null);
  }

  /** When the newest webhooks were received, the oldest of them first. */
  async #newestWebhooks(): Promise<readonly Date[]> {
    const { events } = await this.options.log.read('all', { limit: NEWEST, fromEnd: true });
    return events.flatMap(({ event }) => (event.source === 'WEBHOOK' ? [event.receivedAt] : []));
  }

  #note(at: Date | null): void {
    this.#lastAt = Math.max(this.#lastAt, at?.getTime() ?? 0);
  }

  async #over(): Promise<void> {
    this.#nextLookAt = 0;
    this.#delayMs = this.options.timings.silenceMs;
    if (this.#silentSince === null) return;
    const since = new Date(this.#silentSince);
    // The same for all gateways, so that one look is enough.
    const endedAt = (await this.#newestWebhooks()).find((at) => at > since) ?? new Date(this.#lastAt);
    await this.#look(since, { requestedAt: endedAt, withEnded: this.#isProven });
    this.#silentSince = null;
    this.#isProven = false;
    this.#set(null);
  }

  async #lookAtSilence(): Promise<void> {
    const since = new Date(this.#lastAt);
    const requestedAt = new Date(this.options.clock() - this.options.timings.silenceMs / 2);
    const openConversations = await this.#look(since, { requestedAt, withEnded: false });
    if (openConversations > 0 || this.#isProven) this.#silentSince = since.getTime();
    this.#set(openConversations === 0 ? null : { since, openConversations });
  }

  /**
   * Returns how many conversations are open by the log. If none is, and nothing has been healed since webhooks fell silent, nothing indicates that any are missing, and nothing is
   * looked at.
   */
  async #look(since: Date, { requestedAt, withEnded }: { readonly requestedAt: Date; readonly withEnded: boolean }): Promise<number> {
    const { log, conversations, clock, reachMs, add } = this.options;
    const open = await conversations.find(new Date(clock() - reachMs));
    if (open.length === 0 && !this.#isProven) return 0;
    const lastWebhookAt = (await findLastWebhook(log, since)) ?? since;
    const look = {
      since: new Date(Math.max(lastWebhookAt.getTime(), clock() - reachMs)),
      requestedAt,
      onSettled: (healing: ConversationHealing | null) => this.#noteHealing(healing),
    };
    for (const conversationId of open) add({ ...look, conversationId, reason: 'silence' });
    this.#lookAtListed({ ...look, reason: 'listed' }, withEnded);
    return open.length;
  }

  /** In the background, one search after the other: the watch must not wait for the upstream. */
  #lookAtListed(look: Omit<Look, 'conversationId'>, withEnded: boolean): void {
    this.#search = this.#search.then(async () => {
      try {
        for await (const listed of this.options.findListed({ since: look.since, withEnded })) this.options.add({ ...look, ...listed });
      } catch (error) {
        if (!this.#task.isClosed) this.options.onError(error);
      }
    });
  }

  #noteHealing(healing: ConversationHealing | null): void {
    if (healing === null || this.#silentSince === null) return;
    // No webhook reports ends of interactions.
    if (Object.keys(healing.healed).every((type) => type === 'INTERACTION_ENDED')) return;
    // Webhooks are indeed lost: what is lost next must not wait.
    this.#isProven = true;
    this.#delayMs = this.options.timings.silenceMs;
  }

  #set(silence: Silence | null): void {
    const hasChanged = (silence === null) !== (this.#silence === null);
    this.#silence = silence;
    if (hasChanged) this.options.onSilence(silence);
  }
}

import type { Clock } from '../../../domain/clock.js';
import type { EventLog } from '../../port/event-log.js';
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

/** Notices that webhooks as a whole have fallen silent, at all gateways of the log, and has the open conversations looked at. */
export class SilenceWatch {
  #lastAt: number;
  #silence: Silence | null = null;
  #nextLookAt = 0;
  #delayMs: number;
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
    if (this.#isSilent()) await this.#noteNewestEvent();
    if (!this.#isSilent()) {
      this.#over();
      return;
    }
    if (clock() < this.#nextLookAt) return;
    await this.#look();
    this.#nextLookAt = clock() + this.#delayMs;
    this.#delayMs = Math.min(this.#delayMs * 2, timings.maxSilenceMs);
  }

  #isSilent(): boolean {
    return this.seconds * 1_000 >= this.options.timings.silenceMs;
  }

  /** Another gateway of the log may have received one. */
  async #noteNewestEvent(): Promise<void> {
    const { events } = await this.options.log.read('all', { limit: NEWEST, fromEnd: true });
    this.#note(events.findLast(({ event }) => event.source === 'WEBHOOK')?.event.receivedAt ?? null);
  }

  #note(at: Date | null): void {
    this.#lastAt = Math.max(this.#lastAt, at?.getTime() ?? 0);
  }

  #over(): void {
    this.#nextLookAt = 0;
    this.#delayMs = this.options.timings.silenceMs;
    this.#set(null);
  }

  async #look(): Promise<void> {
    const { conversations, clock, timings, reachMs, add } = this.options;
    const open = await conversations.find(new Date(clock() - reachMs));
    const since = new Date(this.#lastAt);
    this.#set(open.length === 0 ? null : { since, openConversations: open.length });
    const requestedAt = new Date(clock() - timings.silenceMs / 2);
    const onSettled: Look['onSettled'] = (healing) => {
      // Webhooks are indeed lost: what is lost next must not wait.
      if (healing !== null && Object.keys(healing.healed).length > 0) this.#delayMs = timings.silenceMs;
    };
    for (const conversationId of open) add({ conversationId, reason: 'silence', since, requestedAt, onSettled });
  }

  #set(silence: Silence | null): void {
    const hasChanged = (silence === null) !== (this.#silence === null);
    this.#silence = silence;
    if (hasChanged) this.options.onSilence(silence);
  }
}

import type { HoldPoints } from '../hold-points.js';
import type { Faults } from '../faults/faults.js';
import type { Timers } from '../timers.js';
import type { Delivery, DeliveryAttempt, OutgoingEvent } from './delivery-attempt.js';
import { signedHeaders } from './signed-headers.js';
import type { SigningKey } from './signing-key.js';
import { WebhookClient } from './webhook-client.js';

/** After 0.2 s, then less and less often, for about five minutes. (The vendor does not tell its own delays.) */
export const DEFAULT_RETRY_DELAYS_MS: readonly number[] = [200, 500, 1_000, 2_000, ...Array.from({ length: 60 }, () => 5_000)];

export interface WebhookSenderOptions {
  readonly tenantId: string;
  readonly customerId: string;
  readonly key: SigningKey;
  readonly clock: () => number;
  readonly timers: Timers;
  readonly holdPoints: HoldPoints;
  readonly faults: Faults;
  /** Where a webhook is now; null while it has no address. */
  readonly findUri: (webhookId: string) => string | null;
  /** The wait before each further try; after the last one the event is given up. */
  readonly retryDelaysMs: readonly number[];
  readonly timeoutMs: number;
}

interface PendingDelivery extends OutgoingEvent {
  readonly bytes: Buffer;
  attempts: DeliveryAttempt[];
  state: Delivery['state'];
}

/** The oldest events are forgotten beyond this many, so that a simulator can run for days. */
const MAX_LOGGED = 50_000;

/**
 * Signs events and sends them to webhooks until they are acknowledged. Within a conversation an event is sent once the one before was
 * acknowledged or has failed its first try; order is not promised beyond that.
 */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #client: WebhookClient;
  readonly #log: PendingDelivery[] = [];
  /** By conversation: when the first try of its last event is over. */
  readonly #queues = new Map<string, Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #pending = 0;
  #closed = false;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
    this.#client = new WebhookClient(options.timeoutMs);
  }

  /** Every event so far, oldest first. */
  deliveries(): readonly Delivery[] {
    return this.#log.map(({ bytes: _bytes, ...delivery }) => ({ ...delivery, attempts: [...delivery.attempts] }));
  }

  /** Resolves when every event so far is delivered or given up. */
  async settled(): Promise<void> {
    if (this.#pending === 0) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  send(event: OutgoingEvent): void {
    const delivery: PendingDelivery = { ...event, bytes: Buffer.from(JSON.stringify(event.body)), attempts: [], state: 'pending' };
    if (this.#log.length >= MAX_LOGGED) this.#log.shift();
    this.#log.push(delivery);
    this.#pending += 1;
    const before = this.#queues.get(event.conversationId) ?? Promise.resolve();
    const queue = before.then(() => this.#sendFirst(delivery));
    this.#queues.set(event.conversationId, queue);
    void queue.then(() => {
      if (this.#queues.get(event.conversationId) === queue) this.#queues.delete(event.conversationId);
    });
  }

  /** Posts one event, an address check say, outside of every queue and once only; resolves with what became of it. */
  async postOnce(uri: string, eventId: string, body: Readonly<Record<string, unknown>>): Promise<{ status?: number; error?: string }> {
    return this.#postTo(uri, { eventId, bytes: Buffer.from(JSON.stringify(body)) }, 0, this.#options.clock());
  }

  /** Stops sending; what is pending stays so. */
  close(): void {
    this.#closed = true;
    this.#client.close();
  }

  async #sendFirst(delivery: PendingDelivery): Promise<void> {
    const { eventId, eventType, conversationId, body } = delivery;
    const held = this.#options.holdPoints.pass('event', { eventId, eventType, conversationId, body });
    const aside = held ?? (this.#options.faults.roll('event-reordered') ? this.#options.faults.outOfOrder() : null);
    if (aside !== null) {
      void aside.then(() => this.#try(delivery));
      return;
    }
    await this.#options.faults.delay('event-delayed');
    await this.#try(delivery);
  }

  async #try(delivery: PendingDelivery): Promise<void> {
    if (this.#closed) return;
    const retry = delivery.attempts.length;
    const at = this.#options.clock();
    const outcome = await this.#transmit(delivery, retry, at);
    delivery.attempts.push({ at, ...outcome });
    if (outcome.status !== undefined && outcome.status >= 200 && outcome.status < 300) {
      this.#finish(delivery, 'delivered');
      return;
    }
    const delayMs = this.#options.retryDelaysMs[retry];
    if (delayMs === undefined) this.#finish(delivery, 'failed');
    else this.#options.timers.after(delayMs, () => void this.#try(delivery));
  }

  /** As the faults in force will have it: not at all, once or twice. */
  async #transmit(delivery: PendingDelivery, retry: number, at: number): Promise<{ status?: number; error?: string }> {
    const { faults } = this.#options;
    if (retry === 0 && faults.roll('event-lost')) return { error: 'lost on its way' };
    const twin = faults.roll('event-doubled') ? this.#post(delivery, retry, at) : null;
    const outcome = await this.#post(delivery, retry, at);
    await twin;
    return outcome;
  }

  async #post(delivery: PendingDelivery, retry: number, at: number): Promise<{ status?: number; error?: string }> {
    try {
      const uri = this.#options.findUri(delivery.webhookId);
      return uri === null ? { error: 'the webhook has no address yet' } : await this.#postTo(uri, delivery, retry, at);
    } catch (error) {
      return { error: error instanceof Error ? error.message : 'no such webhook' };
    }
  }

  async #postTo(
    uri: string,
    delivery: Pick<PendingDelivery, 'eventId' | 'bytes'>,
    retry: number,
    at: number,
  ): Promise<{ status?: number; error?: string }> {
    const { tenantId, customerId, key } = this.#options;
    try {
      const transmission = { body: delivery.bytes, tenantId, customerId, eventId: delivery.eventId, retry, transmissionTime: at };
      return { status: await this.#client.post(uri, await signedHeaders(transmission, key), delivery.bytes) };
    } catch (error) {
      return { error: error instanceof Error && error.message !== '' ? error.message : 'no connection' };
    }
  }

  #finish(delivery: PendingDelivery, state: 'delivered' | 'failed'): void {
    delivery.state = state;
    this.#pending -= 1;
    if (this.#pending === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

import type { Barriers } from '../hold-points.js';
import type { Faults } from '../faults/faults.js';
import type { Timers } from '../timers.js';
import type { Delivery, DeliveryAttempt, OutgoingEvent } from './delivery-attempt.js';
import { signedHeaders } from './signed-headers.js';
import type { SigningKey } from './signing-key.js';
import { WebhookClient } from './webhook-client.js';

/** After 0.2 s, then less and less often, for about five minutes. (The vendor does not tell its own delays.) */
export const DEFAULT_RETRY_DELAYS_MS: readonly number[] = [200, 500, 1_000, 2_000, ...Array.from({ length: 60 }, () => 5_000)];

export interface CourierParts {
  readonly tenantId: string;
  readonly customerId: string;
  readonly key: SigningKey;
  readonly clock: () => number;
  readonly timers: Timers;
  readonly barriers: Barriers;
  readonly faults: Faults;
  /** Where a webhook is now; null while it has no address. */
  readonly uriOf: (webhookId: string) => string | null;
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
  readonly #parts: CourierParts;
  readonly #client: WebhookClient;
  readonly #log: PendingDelivery[] = [];
  /** By conversation: when the first try of its last event is over. */
  readonly #queues = new Map<string, Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #pending = 0;
  #closed = false;

  constructor(parts: CourierParts) {
    this.#parts = parts;
    this.#client = new WebhookClient(parts.timeoutMs);
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
    const parcel: PendingDelivery = { ...event, bytes: Buffer.from(JSON.stringify(event.body)), attempts: [], state: 'pending' };
    if (this.#log.length >= MAX_LOGGED) this.#log.shift();
    this.#log.push(parcel);
    this.#pending += 1;
    const before = this.#queues.get(event.conversationId) ?? Promise.resolve();
    const line = before.then(() => this.#sendFirst(parcel));
    this.#queues.set(event.conversationId, line);
    void line.then(() => {
      if (this.#queues.get(event.conversationId) === line) this.#queues.delete(event.conversationId);
    });
  }

  /** Posts one event, an address check say, outside of every line and once only; resolves with what became of it. */
  async postOnce(uri: string, eventId: string, body: Readonly<Record<string, unknown>>): Promise<{ status?: number; error?: string }> {
    return this.#postTo(uri, { eventId, bytes: Buffer.from(JSON.stringify(body)) }, 0, this.#parts.clock());
  }

  /** Stops sending; what is pending stays so. */
  close(): void {
    this.#closed = true;
    this.#client.close();
  }

  async #sendFirst(parcel: PendingDelivery): Promise<void> {
    const { eventId, eventType, conversationId, body } = parcel;
    const held = this.#parts.barriers.pass('event', { eventId, eventType, conversationId, body });
    const aside = held ?? (this.#parts.faults.roll('event-reordered') ? this.#parts.faults.outOfOrder() : null);
    if (aside !== null) {
      void aside.then(() => this.#try(parcel));
      return;
    }
    await this.#parts.faults.delay('event-delayed');
    await this.#try(parcel);
  }

  async #try(parcel: PendingDelivery): Promise<void> {
    if (this.#closed) return;
    const retry = parcel.attempts.length;
    const at = this.#parts.clock();
    const outcome = await this.#transmit(parcel, retry, at);
    parcel.attempts.push({ at, ...outcome });
    if (outcome.status !== undefined && outcome.status >= 200 && outcome.status < 300) {
      this.#finish(parcel, 'delivered');
      return;
    }
    const delayMs = this.#parts.retryDelaysMs[retry];
    if (delayMs === undefined) this.#finish(parcel, 'failed');
    else this.#parts.timers.after(delayMs, () => void this.#try(parcel));
  }

  /** As the faults in force will have it: not at all, once or twice. */
  async #transmit(parcel: PendingDelivery, retry: number, at: number): Promise<{ status?: number; error?: string }> {
    const { faults } = this.#parts;
    if (retry === 0 && faults.roll('event-lost')) return { error: 'lost on its way' };
    const twin = faults.roll('event-doubled') ? this.#post(parcel, retry, at) : null;
    const outcome = await this.#post(parcel, retry, at);
    await twin;
    return outcome;
  }

  async #post(parcel: PendingDelivery, retry: number, at: number): Promise<{ status?: number; error?: string }> {
    try {
      const uri = this.#parts.uriOf(parcel.webhookId);
      return uri === null ? { error: 'the webhook has no address yet' } : await this.#postTo(uri, parcel, retry, at);
    } catch (error) {
      return { error: error instanceof Error ? error.message : 'no such webhook' };
    }
  }

  async #postTo(
    uri: string,
    parcel: Pick<PendingDelivery, 'eventId' | 'bytes'>,
    retry: number,
    at: number,
  ): Promise<{ status?: number; error?: string }> {
    const { tenantId, customerId, key } = this.#parts;
    try {
      const transmission = { body: parcel.bytes, tenantId, customerId, eventId: parcel.eventId, retry, transmissionTime: at };
      return { status: await this.#client.post(uri, await signedHeaders(transmission, key), parcel.bytes) };
    } catch (error) {
      return { error: error instanceof Error && error.message !== '' ? error.message : 'no connection' };
    }
  }

  #finish(parcel: PendingDelivery, state: 'delivered' | 'failed'): void {
    parcel.state = state;
    this.#pending -= 1;
    if (this.#pending === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

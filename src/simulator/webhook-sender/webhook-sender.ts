import type { HoldPoints } from '../hold-points.js';
import type { Faults } from '../faults/faults.js';
import type { Journal } from '../state/journal.js';
import type { SavedRecord } from '../state/state-file.js';
import type { Timers } from '../timers.js';
import type { Delivery, DeliveryAttempt, OutgoingEvent } from './delivery-attempt.js';
import { signedHeaders } from './signed-headers.js';
import type { SigningKey } from './signing-key.js';
import { WebhookClient } from './webhook-client.js';

/** After 0.2 s, then at growing intervals, for about five minutes. (The vendor's own delays are not documented.) */
export const DEFAULT_RETRY_DELAYS_MS: readonly number[] = [200, 500, 1_000, 2_000, ...Array.from({ length: 60 }, () => 5_000)];

export interface WebhookSenderOptions {
  readonly tenantId: string;
  readonly customerId: string;
  readonly key: SigningKey;
  readonly clock: () => number;
  readonly timers: Timers;
  readonly journal: Journal;
  readonly holdPoints: HoldPoints;
  readonly faults: Faults;
  /** The current address of a webhook; null if it has none. */
  readonly findUri: (webhookId: string) => string | null;
  /** The delay before each retry; after the last one the event has failed. */
  readonly retryDelaysMs: readonly number[];
  readonly timeoutMs: number;
}

interface PendingDelivery extends OutgoingEvent {
  readonly bytes: Buffer;
  attempts: DeliveryAttempt[];
  state: Delivery['state'];
}

type SavedDelivery = OutgoingEvent & { readonly attempts: readonly DeliveryAttempt[] };

const saveDelivery = ({ eventId, eventType, conversationId, webhookId, body, attempts }: PendingDelivery): SavedDelivery => ({
  eventId,
  eventType,
  conversationId,
  webhookId,
  body,
  attempts,
});

/** Beyond this the oldest events are dropped from the log, so that a simulator can run for days. */
const MAX_LOGGED = 50_000;

/**
 * Signs events and sends them to webhooks until they are acknowledged. Within a conversation an event is sent once the previous one was
 * acknowledged or its first attempt failed; there is no further ordering guarantee.
 */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #client: WebhookClient;
  readonly #log: PendingDelivery[] = [];
  /** By conversation: resolves after the first attempt of its last event. */
  readonly #queues = new Map<string, Promise<void>>();
  readonly #onSettled: (() => void)[] = [];
  #pending = 0;
  #isClosed = false;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
    this.#client = new WebhookClient(options.timeoutMs);
  }

  /** Every event so far, oldest first. */
  deliveries(): readonly Delivery[] {
    return this.#log.map(({ bytes: _bytes, ...delivery }) => ({ ...delivery, attempts: [...delivery.attempts] }));
  }

  /** Resolves when every event so far is delivered or has failed. */
  async settled(): Promise<void> {
    if (this.#pending === 0) return;
    await new Promise<void>((resolve) => this.#onSettled.push(resolve));
  }

  send(event: OutgoingEvent): void {
    const delivery = this.#add(event, []);
    this.#save(delivery);
    this.#enqueue(delivery);
  }

  /** Goes on with deliveries of an earlier process: what it did not send yet in order, the rest as retries. */
  restore(saved: readonly SavedRecord[]): void {
    for (const { value } of saved) {
      const { attempts, ...event } = value as SavedDelivery;
      const delivery = this.#add(event, attempts);
      if (attempts.length === 0) this.#enqueue(delivery);
      else void this.#attempt(delivery);
    }
  }

  #add(event: OutgoingEvent, attempts: readonly DeliveryAttempt[]): PendingDelivery {
    const bytes = Buffer.from(JSON.stringify(event.body));
    const delivery: PendingDelivery = { ...event, bytes, attempts: [...attempts], state: 'pending' };
    if (this.#log.length >= MAX_LOGGED) this.#log.shift();
    this.#log.push(delivery);
    this.#pending += 1;
    return delivery;
  }

  #save(delivery: PendingDelivery): void {
    this.#options.journal.note('delivery', delivery.eventId, () => ({ value: saveDelivery(delivery) }));
  }

  #enqueue(event: PendingDelivery): void {
    const before = this.#queues.get(event.conversationId) ?? Promise.resolve();
    const queue = before.then(() => this.#sendFirst(event));
    this.#queues.set(event.conversationId, queue);
    void queue.then(() => {
      if (this.#queues.get(event.conversationId) === queue) this.#queues.delete(event.conversationId);
    });
  }

  /** Posts an event (such as an address check) immediately and without retries. */
  async postOnce(
    uri: string,
    eventId: string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<{ status?: number; duplicate?: boolean; error?: string }> {
    return this.#postTo(uri, { eventId, bytes: Buffer.from(JSON.stringify(body)) }, 0, this.#options.clock());
  }

  /** Stops sending; pending events stay pending. */
  close(): void {
    this.#isClosed = true;
    this.#client.close();
  }

  async #sendFirst(delivery: PendingDelivery): Promise<void> {
    const { eventId, eventType, conversationId, body } = delivery;
    const held = this.#options.holdPoints.pass('event', { eventId, eventType, conversationId, body });
    const detour = held ?? (this.#options.faults.roll('event-reordered') ? this.#options.faults.outOfOrder() : null);
    if (detour !== null) {
      void detour.then(() => this.#attempt(delivery));
      return;
    }
    await this.#options.faults.delay('event-delayed');
    await this.#attempt(delivery);
  }

  async #attempt(delivery: PendingDelivery): Promise<void> {
    if (this.#isClosed) return;
    if (this.#options.faults.roll('event-dropped')) {
      this.#finish(delivery, 'failed');
      return;
    }
    // What the event says must not be lost once somebody has read it.
    this.#options.journal.commit();
    const retry = delivery.attempts.length;
    const at = this.#options.clock();
    const outcome = await this.#transmit(delivery, retry, at);
    // An attempt that was cut short by closing is not one: it is made again after a restart.
    if (outcome.status === undefined && this.#wasClosed()) return;
    delivery.attempts.push({ at, ...outcome });
    this.#save(delivery);
    if (outcome.status !== undefined && outcome.status >= 200 && outcome.status < 300) {
      this.#finish(delivery, 'delivered');
      return;
    }
    const delayMs = this.#options.retryDelaysMs[retry];
    if (delayMs === undefined) this.#finish(delivery, 'failed');
    else this.#options.timers.after(delayMs, () => void this.#attempt(delivery));
  }

  /** Posts the event once; not at all or twice if fault injection says so. */
  async #transmit(delivery: PendingDelivery, retry: number, at: number): Promise<{ status?: number; error?: string }> {
    const { faults } = this.#options;
    if (retry === 0 && faults.roll('event-lost')) return { error: 'lost by fault injection' };
    const duplicate = faults.roll('event-doubled') ? this.#post(delivery, retry, at) : null;
    const outcome = await this.#post(delivery, retry, at);
    await duplicate;
    return outcome;
  }

  async #post(delivery: PendingDelivery, retry: number, at: number): Promise<{ status?: number; error?: string }> {
    try {
      const uri = this.#options.findUri(delivery.webhookId);
      if (uri === null) return { error: 'the webhook has no address yet' };
      const { duplicate: _duplicate, ...outcome } = await this.#postTo(uri, delivery, retry, at);
      return outcome;
    } catch (error) {
      return { error: error instanceof Error ? error.message : 'no such webhook' };
    }
  }

  async #postTo(
    uri: string,
    delivery: Pick<PendingDelivery, 'eventId' | 'bytes'>,
    retry: number,
    at: number,
  ): Promise<{ status?: number; duplicate?: boolean; error?: string }> {
    const { tenantId, customerId, key } = this.#options;
    try {
      const transmission = { body: delivery.bytes, tenantId, customerId, eventId: delivery.eventId, retry, transmissionTime: at };
      return await this.#client.post(uri, await signedHeaders(transmission, key), delivery.bytes);
    } catch (error) {
      return { error: error instanceof Error && error.message !== '' ? error.message : 'no connection' };
    }
  }

  /** A method, since TypeScript would not expect a field to change during an attempt. */
  #wasClosed(): boolean {
    return this.#isClosed;
  }

  #finish(delivery: PendingDelivery, state: 'delivered' | 'failed'): void {
    delivery.state = state;
    this.#options.journal.forget('delivery', delivery.eventId);
    this.#pending -= 1;
    if (this.#pending === 0) for (const resolve of this.#onSettled.splice(0)) resolve();
  }
}

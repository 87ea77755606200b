import type { GraphQLError } from 'graphql';
import { SlowConsumerError } from '../../events/port/errors.js';
import type { Deliveries, DeliverySink } from '../../events/port/log-subscription.js';
import type { Delivery } from '../../events/port/stored-event.js';
import type { EncodedResult, SendNext } from '../websocket/encode-next-frame.js';
import type { FairScheduler } from '../scheduling/fair-scheduler.js';

/** Events read back that are sent in one turn. */
const EVENTS_IN_A_TURN = 25;

/** Where the results of a subscription go: an operation of a socket, or an HTTP response. */
export interface ResultSink {
  readonly send: SendNext;
  /**
   * No more will come. Null if the subscription is over; else why it failed, as the client may see it. Called once; not after `stop`, nor for a client that was too slow, whose
   * connection is closed.
   */
  end(error: GraphQLError | null): void;
}

/** How the results of a subscription are made. */
export interface ResultSource {
  readonly toPayload: (delivery: Delivery) => EncodedResult | Promise<EncodedResult>;
  /** What a client may see of a failure. */
  readonly toError: (error: unknown) => GraphQLError;
  readonly scheduler: FairScheduler;
}

/**
 * Carries a subscription's events to its client, over every transport: executed, in order, and the next one only when the client has taken the last. Nothing of an event is
 * held once it is sent: what thousands of subscribers hold for longer than a moment is copied by the garbage collector again and again.
 */
export class ResultDelivery implements DeliverySink {
  #ended = false;
  #leftInTurn = 0;

  constructor(
    private readonly deliveries: Deliveries,
    private readonly source: ResultSource,
    private readonly sink: ResultSink,
  ) {}

  /** As that of `Deliveries`: nothing before it is still to be sent. */
  get bookmark(): string | null {
    return this.#ended ? null : this.deliveries.bookmark;
  }

  start(): void {
    this.deliveries.pipeTo(this);
  }

  /** Ends it at the client's wish: nothing is sent any more, and the sink learns of no end. */
  stop(): void {
    this.#ended = true;
    void this.deliveries.return();
  }

  write(delivery: Delivery): Promise<void> | null {
    if (!delivery.replayed) return this.#deliver(delivery);
    if (this.#leftInTurn === 0) return this.#inTurn(delivery);
    this.#leftInTurn -= 1;
    return this.#deliver(delivery);
  }

  end(error: Error | null): void {
    if (this.#ended) return;
    this.#ended = true;
    // A slow consumer's connection is closed with the reason; an error here would wait behind all that the client has not read.
    if (error instanceof SlowConsumerError) return;
    this.sink.end(error === null ? null : this.source.toError(error));
  }

  /** Thousands may reconnect together, each with much to catch up on: live events of others must get through between them. */
  async #inTurn(delivery: Delivery): Promise<void> {
    await this.source.scheduler.turn();
    this.#leftInTurn = EVENTS_IN_A_TURN - 1;
    await this.#deliver(delivery);
  }

  #deliver(delivery: Delivery): Promise<void> | null {
    const made = this.source.toPayload(delivery);
    return made instanceof Promise ? this.#sendLater(made) : this.#send(made);
  }

  async #sendLater(made: Promise<EncodedResult>): Promise<void> {
    await this.#send(await made);
  }

  /** The client may have said meanwhile that it wants no more. */
  #send(payload: EncodedResult): Promise<void> | null {
    return this.#ended ? null : this.sink.send(payload);
  }
}

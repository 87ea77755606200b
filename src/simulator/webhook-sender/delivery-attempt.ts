/** One attempt to deliver an event. */
export interface DeliveryAttempt {
  /** Its transmission time, epoch milliseconds. */
  readonly at: number;
  /** The HTTP status, if there was a response. */
  readonly status?: number;
  /** The reason, if there was no response. */
  readonly error?: string;
}

/** An event to be sent. */
export interface OutgoingEvent {
  /** Unique per event, the same at each attempt. */
  readonly eventId: string;
  readonly eventType: string;
  readonly conversationId: string;
  readonly webhookId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** An event with its delivery state. */
export interface Delivery extends OutgoingEvent {
  readonly attempts: readonly DeliveryAttempt[];
  /** `failed` after the last retry. */
  readonly state: 'pending' | 'delivered' | 'failed';
}

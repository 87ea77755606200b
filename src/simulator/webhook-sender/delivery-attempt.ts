/** One try of sending an event. */
export interface DeliveryAttempt {
  /** Its transmission time, epoch milliseconds. */
  readonly at: number;
  /** The answer's status, where one came. */
  readonly status?: number;
  /** Why none came. */
  readonly error?: string;
}

/** An event to be sent. */
export interface OutgoingEvent {
  /** Unique per event, the same at each try. */
  readonly eventId: string;
  readonly eventType: string;
  readonly conversationId: string;
  readonly webhookId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the log tells of an event. */
export interface Delivery extends OutgoingEvent {
  readonly attempts: readonly DeliveryAttempt[];
  /** `failed` once it has been given up. */
  readonly state: 'pending' | 'delivered' | 'failed';
}

import { TransientError } from '../domain/errors.js';
import { LogUnavailableError } from '../events/port/errors.js';
import type { CustomerPresence } from '../events/port/customer-presence.js';
import type { StoredEvent } from '../events/port/stored-event.js';
import { CLOUD_EVENT_TYPE, toCloudEvent } from './cloud-event.js';
import type { EventData } from './cloud-event.js';
import type { Failure, FailureKind } from './failure.js';
import type { SinkSettings } from './settings.js';
import { signedHeaders, webhookId } from './signature.js';
import type { SinkClient } from './sink-client.js';

/** How an attempt to deliver an event ended. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** It did not have to be sent: it is of another channel, or the customer is there. */
  | { readonly kind: 'skipped' }
  /** The receiver answered 410: it wants no more events. */
  | { readonly kind: 'gone'; readonly failure: Failure }
  /**
   * `by`: `gateway` if the event could not be made ready, so that nothing is known of the receiver. `isOutage`: the contact centre or the event log was unavailable, so that
   * nothing is known of the event either.
   */
  | {
      readonly kind: 'failed';
      readonly by: 'receiver' | 'gateway';
      readonly failure: Failure;
      readonly retryAfterMs: number | null;
      readonly isOutage?: boolean;
    };

export type Deliver = (stored: StoredEvent, attempt: number) => Promise<Outcome>;

export interface DeliverOptions {
  readonly sink: SinkSettings;
  readonly client: Pick<SinkClient, 'post'>;
  /** Executes the sink's document. Null if the event has no data by it. */
  readonly toData: (stored: StoredEvent) => Promise<EventData | null>;
  /** Whether the event is of one of the sink's channels. Null for all channels. */
  readonly isInChannels: ((stored: StoredEvent) => Promise<boolean>) | null;
  readonly presence: Pick<CustomerPresence, 'isPresent'>;
  /** `source` of the CloudEvents. */
  readonly source: () => string;
  readonly userAgent: string;
  readonly clock: () => number;
}

/** From this attempt on, an event is sent without what could not be read of it. */
const INCOMPLETE_FROM_ATTEMPT = 4;

const failedHere = (kind: FailureKind, reason: string, isOutage = false): Outcome & { readonly kind: 'failed' } => ({
  kind: 'failed',
  by: 'gateway',
  failure: { kind, reason },
  retryAfterMs: null,
  isOutage,
});

/** The contact centre or the event log does not answer. */
export const eventLogUnavailable = failedHere('event-log', 'event log unavailable', true);
const contactCentreUnavailable = failedHere('contact-centre', 'contact centre unavailable', true);

/** Makes one attempt to deliver an event. Never rejects. `attempt`: from 1. */
export function createDeliver(options: DeliverOptions): Deliver {
  return async (stored, attempt) => {
    try {
      return await deliver(options, stored, attempt);
    } catch (error) {
      if (error instanceof LogUnavailableError) return eventLogUnavailable;
      if (error instanceof TransientError) return contactCentreUnavailable;
      return failedHere('other', error instanceof Error ? error.name : 'failed');
    }
  };
}

async function deliver(options: DeliverOptions, stored: StoredEvent, attempt: number): Promise<Outcome> {
  const { sink, isInChannels, presence, toData } = options;
  const { event } = stored;
  if (isInChannels !== null && !(await isInChannels(stored))) return { kind: 'skipped' };
  if (sink.when === 'ABSENT' && (event.conversationId === null || (await presence.isPresent(event.conversationId))))
    return { kind: 'skipped' };
  const data = await toData(stored);
  if (data === null) return failedHere('document', 'the document yields nothing for this event');
  if (data.incomplete && attempt < INCOMPLETE_FROM_ATTEMPT)
    return failedHere('contact-centre', 'fields could not be read from the contact centre');
  return send(options, stored, data);
}

async function send(options: DeliverOptions, { event }: StoredEvent, data: EventData): Promise<Outcome> {
  const { client, sink, source, userAgent, clock } = options;
  const body = toCloudEvent(event, source(), data);
  const signed = signedHeaders(webhookId(event.id), body, sink.secrets, clock());
  const result = await client.post(body, { 'content-type': CLOUD_EVENT_TYPE, 'user-agent': userAgent, ...signed });
  if (result.failure === null) return { kind: 'delivered' };
  if (result.status === 410) return { kind: 'gone', failure: result.failure };
  return { kind: 'failed', by: 'receiver', failure: result.failure, retryAfterMs: result.retryAfterMs };
}

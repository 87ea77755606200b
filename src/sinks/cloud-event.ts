import type { ConversationEvent } from '../domain/event.js';

/** The media type of a CloudEvent in structured mode. */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json; charset=utf-8';

/** What an event's `data` is. */
export interface EventData {
  readonly data: unknown;
  /** True if fields are null because they could not be read. */
  readonly incomplete: boolean;
}

/**
 * An event as a CloudEvent 1.0 in the JSON format. `source` and `id` identify it: they are the same each time that it is sent, by whichever gateway.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export function toCloudEvent(event: ConversationEvent, source: string, { data, incomplete }: EventData): string {
  return JSON.stringify({
    specversion: '1.0',
    id: event.id,
    source,
    type: `chat-graphql-gateway.${event.type}`,
    ...(event.conversationId === null ? {} : { subject: event.conversationId }),
    time: event.occurredAt.toISOString(),
    datacontenttype: 'application/json',
    ...(incomplete ? { incomplete: true } : {}),
    data,
  });
}

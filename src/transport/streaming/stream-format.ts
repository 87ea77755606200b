import type { GraphQLFormattedError } from 'graphql';
import type { PayloadEncoding } from '../websocket/encode-next-frame.js';

/** A protocol for subscriptions over an HTTP response. */
export interface StreamFormat {
  readonly contentType: string;
  /** Sent immediately, to show that the subscription has begun. */
  readonly opening: string;
  readonly result: PayloadEncoding;
  /** A heartbeat. `cursor` is what a client resumes after that has had no result for a while; it is null if there is no newer one. */
  readonly heartbeat: (cursor: string | null) => string;
  /** The last thing where the connection ends for a reason that is not the operation's. */
  readonly goodbye: (reason: GraphQLFormattedError) => string;
  /** The last thing where the subscription is over. */
  readonly closing: string;
}

const BOUNDARY = 'graphql';
const DELIMITER = `\r\n--${BOUNDARY}`;
const part = (json: string): string => `\r\nContent-Type: application/json\r\n\r\n${json}${DELIMITER}`;
const END = '--\r\n';

/**
 * Apollo's multipart protocol. Each delimiter is sent with the part before it: a part is over for its reader only when the next delimiter is there. The content type is
 * letter by letter that of Apollo Router: Apollo iOS compares `subscriptionSpec=1.0` without quotes. Heartbeats are `{}` and nothing else, for the same client's sake.
 */
export const MULTIPART: StreamFormat = {
  contentType: `multipart/mixed;boundary="${BOUNDARY}";subscriptionSpec=1.0`,
  opening: DELIMITER,
  result: (json) => part(`{"payload":${json}}`),
  heartbeat: () => part('{}'),
  goodbye: (reason) => part(JSON.stringify({ payload: null, errors: [reason] })) + END,
  closing: END,
};

const event = (json: string): string => `event: next\ndata: ${json}\n\n`;
const COMPLETE = 'event: complete\ndata:\n\n';
/** By the HTML standard, one without data sets the last event id and is no event. */
const id = (cursor: string | null): string => (cursor === null ? '' : `id: ${cursor}\n`);

/** Server-sent events, as the "distinct connections mode" of the GraphQL over SSE protocol has them. The id of an event is the cursor to resume after. */
export const EVENT_STREAM: StreamFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  opening: ':\n\n',
  result: (json, cursor) => id(cursor) + event(json),
  heartbeat: (cursor) => `:\n${id(cursor)}\n`,
  goodbye: (reason) => event(JSON.stringify({ errors: [reason] })) + COMPLETE,
  closing: COMPLETE,
};

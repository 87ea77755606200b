import type { WebhookResponse, WebhookOutcome } from './outcome.js';

/** When the sender may retry if keys or log are unavailable. */
const UNAVAILABLE_RETRY_AFTER_SECONDS = '5';

/** Sooner if the gateway is overloaded, which passes. */
const OVERLOADED_RETRY_AFTER_SECONDS = '1';

/** For those who try things out: the contact centre needs to know only that the event is stored. */
export const DUPLICATE_HEADER = 'x-event-duplicate';

const MALFORMED = { 'body-empty': 'the body is empty', 'body-not-json': 'the body is not valid JSON' };

/** The HTTP response to an outcome. All rejections look the same to the sender. */
export function toHttpResponse(outcome: WebhookOutcome): WebhookResponse {
  switch (outcome.kind) {
    case 'malformed':
      return { status: 400, body: { error: MALFORMED[outcome.reason] }, outcome };
    case 'refused':
      return { status: 401, body: { error: 'unauthorized' }, outcome };
    case 'unavailable':
      return { status: 503, body: { error: 'unavailable' }, headers: { 'retry-after': UNAVAILABLE_RETRY_AFTER_SECONDS }, outcome };
    case 'overloaded':
      return { status: 503, body: { error: 'overloaded' }, headers: { 'retry-after': OVERLOADED_RETRY_AFTER_SECONDS }, outcome };
    case 'endpoint-verified':
    case 'stored':
    case 'published':
      return { status: 204, outcome };
    case 'duplicate':
      return { status: 204, headers: { [DUPLICATE_HEADER]: 'true' }, outcome };
  }
}

import type { WebhookAnswer, WebhookOutcome } from './outcome.js';

/** When the contact centre may try again after a 503, in seconds. */
const RETRY_AFTER_SECONDS = '5';

/** And after a flood, which passes. */
const RETRY_SOON_SECONDS = '1';

const MALFORMED = { 'body-empty': 'the body is empty', 'body-not-json': 'the body is not valid JSON' };

/** The HTTP answer to an outcome. All refusals look the same from outside. */
export function answer(outcome: WebhookOutcome): WebhookAnswer {
  switch (outcome.kind) {
    case 'malformed':
      return { status: 400, body: { error: MALFORMED[outcome.reason] }, outcome };
    case 'refused':
      return { status: 401, body: { error: 'unauthorized' }, outcome };
    case 'unavailable':
      return { status: 503, body: { error: 'unavailable' }, headers: { 'retry-after': RETRY_AFTER_SECONDS }, outcome };
    case 'overloaded':
      return { status: 503, body: { error: 'overloaded' }, headers: { 'retry-after': RETRY_SOON_SECONDS }, outcome };
    case 'address-checked':
    case 'stored':
    case 'duplicate':
    case 'published':
      return { status: 204, outcome };
  }
}

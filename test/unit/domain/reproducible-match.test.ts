import type { ListedMessage } from '../../../src/domain/message-identity.js';
import { matchEvent, matchListed } from '../../../src/domain/message-matching.js';
import type { IdentityRecord, PendingSend } from '../../../src/domain/message-matching.js';
import { isReproducible } from '../../../src/domain/reproducible-match.js';

const T = 1_767_225_600_000;
const SECOND = 1_000;
const NOW = T + 60 * SECOND;

const message = (listedId: string, at: number, digest = 'd'): ListedMessage => ({ listedId, digest, createdAt: new Date(at) });
const reported = (eventId: string, occurredAt: number, digest = 'd'): IdentityRecord =>
  matchEvent({ eventId, digest, occurredAt }, [], []).identity;

/** Of what these messages are matched with. */
function reproducible(messages: ListedMessage[], known: IdentityRecord[], sends: PendingSend[] = [], now = NOW): boolean {
  const { changed } = matchListed(messages, known, sends);
  return isReproducible({ changed, messages, known, sends, now });
}

it.each<[string, boolean, Parameters<typeof reproducible>]>([
  ['one message, one event', true, [[message('m1', T)], [reported('e1', T + SECOND)]]],
  ['nothing new', true, [[], []]],
  [
    'others of other content',
    true,
    [
      [message('m1', T), message('m2', T, 'x')],
      [reported('e1', T), reported('e2', T, 'x')],
    ],
  ],
  [
    'the same content long after',
    true,
    [
      [message('m1', T), message('m2', T + 30 * SECOND)],
      [reported('e1', T), reported('e2', T + 31 * SECOND)],
    ],
  ],
  ['a message that waits for its event', false, [[message('m1', T)], []]],
  [
    'the same content twice in the list',
    false,
    [
      [message('m1', T), message('m2', T + 5 * SECOND)],
      [reported('e1', T), reported('e2', T + 5 * SECOND)],
    ],
  ],
  ['the same content twice in events', false, [[message('m2', T + 5 * SECOND)], [reported('e1', T), reported('e2', T + 5 * SECOND)]]],
  [
    'a send of the same content',
    false,
    [[message('m1', T)], [reported('e1', T)], [{ handle: '1', digest: 'd', clientMessageId: null, sentAt: T }]],
  ],
  ['a message of just now', false, [[message('m1', T)], [reported('e1', T)], [], T + 19 * SECOND]],
  ['a message without a time', false, [[{ ...message('m1', T), createdAt: null }], [reported('e1', T)]]],
])('%s: may be matched again: %s', (_, expected, match) => {
  expect(reproducible(...match)).toBe(expected);
});

import { hash } from 'node:crypto';

const HEALED_PREFIX = 'heal-';

/** Id of the event that a gateway appends for something that the upstream's lists show and no event reported. `parts` name it, and nothing else. */
export const healedEventId = (...parts: readonly string[]): string =>
  `${HEALED_PREFIX}${hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 22)}`;

/**
 * For how long after the first event of a conversation a message may belong to the history that it was created with, for which no events exist: 2 s. It covers the
 * difference between the clocks of lists and of events.
 */
export const IMPORT_MARGIN_MS = 2_000;

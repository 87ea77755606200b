/**
 * The tables of the inbox. Times are epoch milliseconds.
 *
 * - `inbox`: a row per conversation that has events. `activity`: position of its last event that counts as activity; `active`: when that was received. `messages`, `by_customer`,
 *   `by_bot`: how many messages were stored since the row is there, of all and of these authors. `state`, `customer` (its id), `shown` and `folded`: see
 *   `domain/inbox-summary.ts`; null while no event has changed them.
 * - `markers`: up to which position a reader (a hash) has read a conversation, and how many messages of others that includes.
 * - `inbox_filling`: only while the rows of a file of an earlier format are made: the last conversation that has its row.
 */
export const INBOX_TABLES = `
  CREATE TABLE IF NOT EXISTS inbox (
    conversation INTEGER PRIMARY KEY,
    activity INTEGER NOT NULL,
    active INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    by_customer INTEGER NOT NULL,
    by_bot INTEGER NOT NULL,
    state TEXT,
    customer TEXT,
    shown TEXT,
    folded TEXT
  );
  CREATE INDEX IF NOT EXISTS inbox_by_activity ON inbox (activity);
  CREATE INDEX IF NOT EXISTS inbox_by_customer ON inbox (customer) WHERE customer IS NOT NULL;
  CREATE TABLE IF NOT EXISTS markers (
    conversation INTEGER NOT NULL,
    reader TEXT NOT NULL,
    position INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (conversation, reader)
  ) WITHOUT ROWID;
`;

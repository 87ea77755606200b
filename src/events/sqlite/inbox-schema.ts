/** From this length on, in characters, the list of what is not folded is folded when the next event is stored: some 60 events. */
const LONG_LIST = 480;

/**
 * The tables of the inbox. Times are epoch milliseconds.
 *
 * - `inbox`: a row per conversation that has events. `activity`: position of its last event that counts as activity; `active`: when that was received. `messages`, `by_customer`,
 *   `by_bot`: how many messages were stored since the row is there, of all and of these authors. `unfolded`: positions of the state events that its summary lacks, with
 *   commas in between; null if there are none. `customer` (its id), `customer_at`: as last reported by an event, and when that happened.
 * - `summaries`: a row per conversation that state events have changed and that was read since. `state`, `shown` and `folded`: see `domain/inbox-summary.ts`.
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
    unfolded TEXT,
    customer TEXT,
    customer_at INTEGER
  );
  CREATE INDEX IF NOT EXISTS inbox_by_activity ON inbox (activity);
  CREATE INDEX IF NOT EXISTS inbox_by_customer ON inbox (customer) WHERE customer IS NOT NULL;
  CREATE INDEX IF NOT EXISTS inbox_to_fold ON inbox (conversation) WHERE length(unfolded) > ${LONG_LIST};
  CREATE TABLE IF NOT EXISTS summaries (
    conversation INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    shown TEXT NOT NULL,
    folded TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS markers (
    conversation INTEGER NOT NULL,
    reader TEXT NOT NULL,
    position INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    PRIMARY KEY (conversation, reader)
  ) WITHOUT ROWID;
`;

/** SQL: conversations with a long list of what is not folded. It finds them by an index that is nearly always empty. */
export const SELECT_LONG_LISTS = `SELECT conversation FROM inbox INDEXED BY inbox_to_fold WHERE length(unfolded) > ${LONG_LIST}`;

/** SQL: what goes before the tables in a file of format 4, whose inbox held the summaries in its own rows. */
export const SET_FORMAT_4_INBOX_ASIDE = `
  DROP INDEX inbox_by_activity;
  DROP INDEX inbox_by_customer;
  ALTER TABLE inbox RENAME TO inbox_of_format_4;
`;

/** SQL: what follows them. */
export const MOVE_FORMAT_4_INBOX = `
  INSERT INTO inbox (conversation, activity, active, messages, by_customer, by_bot, customer, customer_at)
    SELECT conversation, activity, active, messages, by_customer, by_bot, customer, json_extract(folded, '$.customerAt') FROM inbox_of_format_4;
  INSERT INTO summaries (conversation, state, shown, folded)
    SELECT conversation, state, shown, folded FROM inbox_of_format_4 WHERE shown IS NOT NULL;
  DROP TABLE inbox_of_format_4;
`;

/** Identifies the file as an event log ("cgel", in SQLite's header). */
export const APPLICATION_ID = 0x6367656c;
/**
 * Incremented with each change, of the tables or their content, that an earlier release could not handle: it then rejects the file. A file
 * of an earlier format is upgraded when opened. 2: `handlings` hold facts; the episodes of format 1 are still read.
 */
export const FORMAT_VERSION = 2;

/**
 * The tables, created in a new file; a file of an earlier release gets those it lacks. Times are epoch milliseconds.
 *
 * - `log`: one row, for the whole file.
 * - `events`: `seq` is the position in every scope; AUTOINCREMENT, so that no position is ever reused. `name_key` is the key of the
 *   message's identity.
 * - `names`: message identities, see `domain/message-matching.ts`. `given`: when it was assigned, by our clock. Two partial indices find
 *   identities by digest: those not listed yet, and those without an event. Identities with both are in neither, so a conversation that
 *   repeats the same text costs no more than any other.
 * - `sends`: messages being sent whose echo has not arrived.
 * - `removed`: low watermark of a scope. A scope is stored as a hash, so that an erased conversation leaves no trace of its id.
 * - `spent`: ids of erased events, so that they stay known as used.
 * - `handlings`: summaries of conversations' expired events, see `domain/interaction-metrics.ts`. `kept`: when it last changed, by our
 *   clock.
 * - `requests`: idempotent requests, see `port/idempotency-store.ts`.
 * - `probe`: see `disk-write-check.ts`.
 */
export const TABLES = `
  CREATE TABLE IF NOT EXISTS log (epoch TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation TEXT,
    type TEXT NOT NULL,
    received INTEGER NOT NULL,
    name_key TEXT,
    json TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS events_by_conversation ON events (conversation);
  CREATE INDEX IF NOT EXISTS events_by_received ON events (received);
  CREATE TABLE IF NOT EXISTS names (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    listed_id TEXT,
    listed_at INTEGER,
    event_id TEXT,
    occurred_at INTEGER,
    client_message_id TEXT,
    given INTEGER NOT NULL,
    UNIQUE (conversation, key)
  );
  DROP INDEX IF EXISTS names_by_digest;
  CREATE INDEX IF NOT EXISTS names_unlisted ON names (conversation, digest) WHERE listed_id IS NULL;
  CREATE INDEX IF NOT EXISTS names_untold ON names (conversation, digest) WHERE event_id IS NULL;
  CREATE INDEX IF NOT EXISTS names_by_listed_id ON names (conversation, listed_id) WHERE listed_id IS NOT NULL;
  CREATE TABLE IF NOT EXISTS sends (
    handle INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL,
    digest TEXT NOT NULL,
    client_message_id TEXT,
    sent INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS sends_by_digest ON sends (conversation, digest);
  CREATE INDEX IF NOT EXISTS sends_by_sent ON sends (sent);
  CREATE TABLE IF NOT EXISTS removed (scope TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS spent (id TEXT PRIMARY KEY, scope TEXT NOT NULL, seq INTEGER NOT NULL, received INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS spent_by_received ON spent (received);
  CREATE TABLE IF NOT EXISTS handlings (conversation TEXT PRIMARY KEY, json TEXT NOT NULL, kept INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS handlings_by_kept ON handlings (kept);
  CREATE TABLE IF NOT EXISTS requests (
    name TEXT PRIMARY KEY,
    input TEXT NOT NULL,
    outcome TEXT,
    conversation TEXT,
    claimed INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS requests_by_conversation ON requests (conversation) WHERE conversation IS NOT NULL;
  CREATE INDEX IF NOT EXISTS requests_by_claimed ON requests (claimed);
  CREATE TABLE IF NOT EXISTS probe (id INTEGER PRIMARY KEY, filler BLOB);
`;

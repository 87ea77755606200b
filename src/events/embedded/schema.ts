/** Marks the file as an event log of ours ("cgel", in SQLite's header). */
export const APPLICATION_ID = 0x6367656c;
/** Raised with each change of the tables that an older gateway could not work with. */
export const FORMAT_VERSION = 1;

/**
 * How names are found by what their messages say: those that history may still list, and those that an event may still tell. Of names that met both there is no need, so
 * a conversation in which the same is said again and again costs no more than any other. Made also in files of before there were these two.
 */
export const DIGEST_INDICES = `
  DROP INDEX IF EXISTS names_by_digest;
  CREATE INDEX IF NOT EXISTS names_unlisted ON names (conversation, digest) WHERE listed_id IS NULL;
  CREATE INDEX IF NOT EXISTS names_untold ON names (conversation, digest) WHERE event_id IS NULL;
`;

/** How slices of expiry find what is too old, without reading the rest. Made also in files of before there were these. */
export const AGE_INDICES = `
  CREATE INDEX IF NOT EXISTS spent_by_received ON spent (received);
  CREATE INDEX IF NOT EXISTS sends_by_sent ON sends (sent);
  CREATE INDEX IF NOT EXISTS handlings_by_kept ON handlings (kept);
`;

/**
 * The tables. Times are epoch milliseconds.
 *
 * - `log`: one row, what holds for the whole file.
 * - `events`: `seq` is the place in every scope; AUTOINCREMENT, so that no place is ever given twice. `name_key` is the key of the message's name.
 * - `names`: what the alignment remembers, see `domain/alignment.ts`. `given`: by our clock, when the name was given.
 * - `sends`: messages on their way whose echo has not come.
 * - `removed`: the highest place removed from a scope. A scope is held as a hash, so that an erased conversation leaves no trace that names it.
 * - `spent`: ids of erased events, so that they stay refused.
 * - `handlings`: what a conversation's expired events came to, see `domain/handling.ts`. `kept`: by our clock, when that changed last.
 * - `requests`: see `request-rows.ts`.
 * - `probe`: see `probe.ts`.
 */
export const TABLES = `
  CREATE TABLE log (epoch TEXT NOT NULL);
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation TEXT,
    type TEXT NOT NULL,
    received INTEGER NOT NULL,
    name_key TEXT,
    json TEXT NOT NULL
  );
  CREATE INDEX events_by_conversation ON events (conversation);
  CREATE INDEX events_by_received ON events (received);
  CREATE TABLE names (
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
  CREATE INDEX names_by_listed_id ON names (conversation, listed_id) WHERE listed_id IS NOT NULL;
  CREATE TABLE sends (
    handle INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL,
    digest TEXT NOT NULL,
    client_message_id TEXT,
    sent INTEGER NOT NULL
  );
  CREATE INDEX sends_by_digest ON sends (conversation, digest);
  CREATE TABLE removed (scope TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE spent (id TEXT PRIMARY KEY, scope TEXT NOT NULL, seq INTEGER NOT NULL, received INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE handlings (conversation TEXT PRIMARY KEY, json TEXT NOT NULL, kept INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE probe (id INTEGER PRIMARY KEY, filler BLOB);
`;

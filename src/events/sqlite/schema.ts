/** Marks the file as an event log of ours ("cgel", in SQLite's header). */
export const APPLICATION_ID = 0x6367656c;
/**
 * Raised with each change, of the tables or of what is written into them, that an earlier release could not work with: it then refuses the file. A file of an earlier format is
 * raised when it is opened. 2: `handlings` hold facts; the episodes of format 1 are still read.
 */
export const FORMAT_VERSION = 2;

/**
 * The tables, made in a new file; a file of an earlier release gets what it lacks. Times are epoch milliseconds.
 *
 * - `log`: one row, what holds for the whole file.
 * - `events`: `seq` is the position in every scope; AUTOINCREMENT, so that no position is ever given twice. `name_key` is the key of the message's name.
 * - `names`: what the alignment remembers, see `domain/message-matching.ts`. `given`: by our clock, when the name was given. Two partial indices find names by what their messages
 *   say: those that history may still list, and those of which an event may still tell. Names that met both are not looked for, so a conversation in which the same is said
 *   again and again costs no more than any other.
 * - `sends`: messages on their way whose echo has not come.
 * - `removed`: the highest position removed from a scope. A scope is held as a hash, so that an erased conversation leaves no trace that names it.
 * - `spent`: ids of erased events, so that they stay refused.
 * - `handlings`: what a conversation's expired events came to, see `domain/interaction-metrics.ts`. `kept`: by our clock, when that changed last.
 * - `requests`: requests that create, see `request-memory.ts`.
 * - `probe`: see `probe.ts`.
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

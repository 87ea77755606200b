import { HEALING_TABLE } from './healing-schema.js';
import { ERASURES_TABLE } from './erasures.js';
import { SINK_TABLES } from './sink-schema.js';
import { INBOX_TABLES } from './inbox-schema.js';

/** Identifies the file as an event log ("cgel", in SQLite's header). */
export const APPLICATION_ID = 0x6367656c;
/**
 * Incremented with each change, of the tables or their content, that an earlier release could not handle: it then rejects the file. A file
 * of an earlier format is upgraded when opened, see `migration.ts`. 2: `handlings` hold facts; the episodes of format 1 are still read.
 * 3: message identities in `events` and packed in `identities`; conversations are numbers there. 4: tables that 3 lacks, filled from the
 * events. 5: the inbox's summaries in a table of their own.
 */
export const FORMAT_VERSION = 5;

/**
 * The tables, created in a new file; a file of an earlier release gets those it lacks. Times are epoch milliseconds.
 *
 * - `log`: one row, for the whole file.
 * - `conversations`: their ids, and the numbers that stand for them in `events` and `identities`.
 * - `events`: `seq` is the position in every scope; AUTOINCREMENT, so that no position is ever reused. Of messages: `digest`, `occurred`,
 *   `client_message_id`, and `identity`, the identity's key where it is not `e` and the event's id.
 * - `identities`: packed records of messages (ADR 17), several to a row, see `port/packed-identities.ts`. `waiting`: 1 if an event may still come
 *   for them; 2 if one may come at any time, since history lists them without times. `first`, `last`: the times between which all of
 *   them lie, or, without times, when they were listed.
 * - `sends`: messages being sent whose echo has not arrived.
 * - `removed`: low watermark of a scope. A scope is stored as a hash, so that an erased conversation leaves no trace of its id.
 * - `spent`: ids of erased events, so that they stay known as used.
 * - `handlings`: summaries of conversations' expired events, see `domain/interaction-metrics.ts`. `kept`: when it last changed, by our
 *   clock.
 * - `erasures`: see `erasures.ts`.
 * - `requests`: idempotent requests, see `port/idempotency-store.ts`.
 * - `sinks` and those beside it: see `sink-schema.ts`.
 * - `probe`: see `disk-write-check.ts`.
 */
export const TABLES = `
  CREATE TABLE IF NOT EXISTS log (epoch TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS conversations (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    conversation INTEGER,
    type TEXT NOT NULL,
    received INTEGER NOT NULL,
    digest TEXT,
    occurred INTEGER,
    identity TEXT,
    client_message_id TEXT,
    json TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS events_by_conversation ON events (conversation);
  CREATE INDEX IF NOT EXISTS events_by_received ON events (received);
  CREATE INDEX IF NOT EXISTS messages_by_time ON events (conversation, occurred) WHERE digest IS NOT NULL;
  CREATE INDEX IF NOT EXISTS messages_by_identity ON events (conversation, identity) WHERE identity IS NOT NULL;
  CREATE TABLE IF NOT EXISTS identities (
    id INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL,
    waiting INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    entries TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS identities_by_time ON identities (conversation, waiting, first, last);
  CREATE INDEX IF NOT EXISTS identities_by_age ON identities (waiting, last);
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
  ${HEALING_TABLE}
  ${ERASURES_TABLE}
  ${SINK_TABLES}
  ${INBOX_TABLES}
`;

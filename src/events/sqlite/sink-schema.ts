/**
 * The tables of sinks (`port/sink-store.ts`). Times are epoch milliseconds.
 *
 * - `sinks`: `start`: the cursor where the sink began; `disabled`: when, or null.
 * - `sink_owners`: gateways that share a sink's work, and until when they count.
 * - `sink_shards`: `cursor`: null until the first progress.
 * - `sink_receivers`: when a receiver last accepted an event, and when and why an attempt last failed; times are 0 if there is none.
 * - `sink_channels`: channels that a sink is limited to and that do not exist, as a JSON list; no row if there are none.
 * - `sink_letters`: events whose delivery was abandoned; `requested`: 1 if it is to be sent again.
 */
export const SINK_TABLES = `
  CREATE TABLE IF NOT EXISTS sinks (name TEXT PRIMARY KEY, start TEXT NOT NULL, disabled INTEGER, reason TEXT) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sink_owners (sink TEXT NOT NULL, owner TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (sink, owner)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sink_shards (
    sink TEXT NOT NULL,
    shard INTEGER NOT NULL,
    cursor TEXT,
    owner TEXT,
    until INTEGER NOT NULL,
    token INTEGER NOT NULL,
    PRIMARY KEY (sink, shard)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sink_receivers (
    sink TEXT PRIMARY KEY,
    accepted INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    reason TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sink_channels (sink TEXT PRIMARY KEY, unknown TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sink_letters (
    id INTEGER PRIMARY KEY,
    sink TEXT NOT NULL,
    event TEXT NOT NULL,
    conversation TEXT,
    failed INTEGER NOT NULL,
    requested INTEGER NOT NULL,
    json TEXT NOT NULL,
    UNIQUE (sink, event)
  );
  CREATE INDEX IF NOT EXISTS sink_letters_in_order ON sink_letters (sink, id);
  CREATE INDEX IF NOT EXISTS sink_letters_by_conversation ON sink_letters (conversation);
  CREATE INDEX IF NOT EXISTS sink_letters_requested ON sink_letters (sink) WHERE requested = 1;
`;

/** Ends the leases of the process that had the file open before: nobody else can have it open now. */
export const END_LEASES = `DELETE FROM sink_owners; UPDATE sink_shards SET owner = NULL WHERE owner IS NOT NULL`;

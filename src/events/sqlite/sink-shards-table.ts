import type { Driver } from './driver.js';
import { readUnknownChannels } from './sink-channels-table.js';
import { readReceiver } from './sink-receivers-table.js';
import type { OperationInput, OperationResult } from './worker-protocol.js';

interface SinkRow {
  readonly start: string;
  readonly disabled: number | null;
  readonly reason: string | null;
}

interface ShardRow {
  readonly shard: number;
  readonly cursor: string | null;
  readonly owner: string | null;
  readonly until: number;
  readonly token: number;
}

const COUNT_OWNERS = 'SELECT count(*) AS owners, min(CASE WHEN owner = ? THEN NULL ELSE until END) AS next FROM sink_owners WHERE sink = ?';
const COUNT_LETTERS = 'SELECT count(*) AS letters, coalesce(sum(requested), 0) AS requested FROM sink_letters WHERE sink = ?';

/** See `SinkStore.lease`. `now` is in epoch milliseconds. */
export function leaseShards(driver: Driver, request: OperationInput<'leaseShards'>): OperationResult<'leaseShards'> {
  const { sink, owner, shards: count, ttlMs, start, now } = request;
  driver.run('INSERT OR IGNORE INTO sinks (name, start) VALUES (?, ?)', sink, start);
  driver.run('DELETE FROM sink_owners WHERE sink = ? AND until <= ?', sink, now);
  driver.run('INSERT OR REPLACE INTO sink_owners (sink, owner, until) VALUES (?, ?, ?)', sink, owner, now + ttlMs);
  const { owners, next } = driver.row(COUNT_OWNERS, owner, sink) as { owners: number; next: number | null };
  const share = Math.ceil(count / owners);
  driver.run('UPDATE sink_shards SET until = ? WHERE sink = ? AND owner = ?', now + ttlMs, sink, owner);
  takeFree(driver, request, share);
  const row = driver.row('SELECT start, disabled, reason FROM sinks WHERE name = ?', sink) as SinkRow;
  const held = driver.rows(
    'SELECT shard, cursor, token FROM sink_shards WHERE sink = ? AND owner = ? ORDER BY shard',
    sink,
    owner,
  ) as ShardRow[];
  const { letters, requested } = driver.row(COUNT_LETTERS, sink) as { letters: number; requested: number };
  return {
    shards: held.map(({ shard, cursor, token }) => ({ shard, token, cursor: cursor ?? row.start })),
    share,
    nextFreeMs: next === null ? null : next - now,
    disabled: toDisabled(row),
    deadLetters: letters,
    requested,
  };
}

function takeFree(driver: Driver, { sink, owner, shards: count, ttlMs, now }: OperationInput<'leaseShards'>, share: number): void {
  const known = driver.rows('SELECT shard, owner, until FROM sink_shards WHERE sink = ?', sink) as ShardRow[];
  const byShard = new Map(known.map((row) => [row.shard, row]));
  let held = known.filter((row) => row.owner === owner).length;
  for (let shard = 0; shard < count && held < share; shard += 1) {
    const row = byShard.get(shard);
    if (row !== undefined && row.owner !== null && row.until > now) continue;
    driver.run(
      `INSERT INTO sink_shards (sink, shard, owner, until, token) VALUES (?1, ?2, ?3, ?4, 1)
       ON CONFLICT (sink, shard) DO UPDATE SET owner = ?3, until = ?4, token = token + 1`,
      sink,
      shard,
      owner,
      now + ttlMs,
    );
    held += 1;
  }
}

/** See `SinkStore.advance`, and with `release` set `SinkStore.release`. */
export function advanceShards(driver: Driver, { sink, owner, progress, release }: OperationInput<'advanceShards'>): number[] {
  return progress.flatMap(({ shard, token, cursor }) => {
    const { changes } = driver.run(
      `UPDATE sink_shards SET cursor = ?, owner = ${release ? 'NULL' : 'owner'} WHERE sink = ? AND shard = ? AND owner = ? AND token = ?`,
      cursor,
      sink,
      shard,
      owner,
      token,
    );
    return changes === 0 ? [shard] : [];
  });
}

/** See `SinkStore.leave`. */
export function leaveSink(driver: Driver, { sink, owner }: OperationInput<'leaveSink'>): null {
  driver.run('UPDATE sink_shards SET owner = NULL WHERE sink = ? AND owner = ?', sink, owner);
  driver.run('DELETE FROM sink_owners WHERE sink = ? AND owner = ?', sink, owner);
  return null;
}

/** See `SinkStore.disable`, and `SinkStore.enable` with `disabled` null. Returns whether that changed anything. */
export function disableSink(driver: Driver, { sink, disabled }: OperationInput<'disableSink'>): boolean {
  const condition = disabled === null ? 'disabled IS NOT NULL' : 'disabled IS NULL';
  const { changes } = driver.run(
    `UPDATE sinks SET disabled = ?, reason = ? WHERE name = ? AND ${condition}`,
    disabled?.at ?? null,
    disabled?.reason ?? null,
    sink,
  );
  return changes > 0;
}

/** See `SinkStore.states`. `now` is in epoch milliseconds. */
export function sinkStates(driver: Driver, { now }: OperationInput<'sinkStates'>): OperationResult<'sinkStates'> {
  const sinks = driver.rows('SELECT name, start, disabled, reason FROM sinks ORDER BY name') as (SinkRow & { name: string })[];
  return sinks.map((row) => {
    const shards = driver.rows('SELECT shard, cursor, owner, until FROM sink_shards WHERE sink = ? ORDER BY shard', row.name) as ShardRow[];
    const { letters } = driver.row(COUNT_LETTERS, row.name) as { letters: number };
    const { accepted, failed, reason } = readReceiver(driver, row.name);
    return {
      sink: row.name,
      disabled: toDisabled(row),
      shards: shards.map(({ shard, cursor, owner, until }) => ({
        shard,
        cursor: cursor ?? row.start,
        owned: owner !== null && until > now,
      })),
      deadLetters: letters,
      unknownChannels: readUnknownChannels(driver, row.name),
      acceptedAt: accepted,
      failedAt: failed,
      reason,
    };
  });
}

const toDisabled = ({ disabled, reason }: SinkRow): { at: number; reason: string } | null =>
  disabled === null ? null : { at: disabled, reason: reason ?? '' };

import { isDerivable, isOld } from '../../domain/identity-retention.js';
import { CLOCK_TOLERANCE_MS } from '../../domain/message-matching.js';
import type { IdentityRecord } from '../../domain/message-matching.js';
import { removeUnused } from './conversations.js';
import { SHORT_DIGEST_LENGTH, shortDigest } from '../port/short-digest.js';
import type { Driver } from './driver.js';
import { BEGIN_FILLING } from './fill-inbox.js';
import { writeIdentities } from './identity-rows.js';
import { readKnown } from './known-identities.js';
import { FORMAT_VERSION, TABLES } from './schema.js';
import type { StoreSettings } from './worker-protocol.js';

/** Rows moved in one transaction. */
const BATCH = 500;

/**
 * Begins the migration of a file of format 1 or 2, whose events had their identities in `names`: earlier releases reject the file from then
 * on, and its rows wait to be moved.
 */
export function beginMigration(driver: Driver): void {
  const indices = [
    'events_by_conversation',
    'events_by_received',
    'names_by_digest',
    'names_unlisted',
    'names_untold',
    'names_by_listed_id',
  ];
  driver.exec(`BEGIN;
    ${indices.map((index) => `DROP INDEX IF EXISTS ${index};`).join(' ')}
    ALTER TABLE events RENAME TO old_events;
    ALTER TABLE names RENAME TO old_names;
    ${TABLES};
    ${BEGIN_FILLING}
    INSERT INTO sqlite_sequence (name, seq) SELECT 'events', seq FROM sqlite_sequence WHERE name = 'old_events';
    UPDATE sends SET digest = substr(digest, 1, ${SHORT_DIGEST_LENGTH});
    PRAGMA user_version = ${FORMAT_VERSION};
    COMMIT`);
}

/** Moves the rows of an earlier format, in batches, so that neither the file nor the WAL doubles. An interrupted migration is continued. */
export function migrateRows(driver: Driver, settings: Pick<StoreSettings, 'now' | 'retryHorizonMs'>): void {
  if (driver.row(`SELECT 1 FROM sqlite_schema WHERE name = 'old_names'`) === undefined) return;
  repeatInTransactions(driver, () => moveEvents(driver));
  repeatInTransactions(driver, () => moveIdentities(driver, settings));
  driver.exec('BEGIN; DROP TABLE old_events; DROP TABLE old_names; COMMIT');
}

function repeatInTransactions(driver: Driver, moveBatch: () => boolean): void {
  for (let more = true; more;) {
    driver.exec('BEGIN');
    more = moveBatch();
    driver.exec('COMMIT');
  }
}

/** The highest row id of the next batch; null if nothing is left. */
function nextBatch(driver: Driver, table: string, id: string): number | null {
  const [row] = driver.rows(`SELECT max(${id}) AS upTo FROM (SELECT ${id} FROM ${table} ORDER BY ${id} LIMIT ${BATCH})`) as {
    upTo: number | null;
  }[];
  return row?.upTo ?? null;
}

function moveEvents(driver: Driver): boolean {
  const upTo = nextBatch(driver, 'old_events', 'seq');
  if (upTo === null) return false;
  numberConversations(driver, `old_events WHERE seq <= ${upTo}`);
  driver.run(
    `INSERT INTO events (seq, id, conversation, type, received, digest, occurred, identity, client_message_id, json)
     SELECT e.seq, e.id, c.id, e.type, e.received, substr(n.digest, 1, ?), n.occurred_at,
            CASE WHEN n.key = 'e' || e.id THEN NULL ELSE n.key END, n.client_message_id, e.json
     FROM old_events e LEFT JOIN conversations c ON c.name = e.conversation
     LEFT JOIN old_names n ON n.conversation = e.conversation AND n.key = e.name_key
     WHERE e.seq <= ?`,
    SHORT_DIGEST_LENGTH,
    upTo,
  );
  driver.run('DELETE FROM old_events WHERE seq <= ?', upTo);
  return true;
}

const numberConversations = (driver: Driver, from: string): void => {
  driver.exec(`INSERT OR IGNORE INTO conversations (name) SELECT DISTINCT conversation FROM ${from} AND conversation IS NOT NULL`);
};

/** An identity of format 2. */
interface OldIdentity extends Omit<IdentityRecord, 'id'> {
  readonly key: string;
  readonly conversation: number;
  readonly given: number;
  readonly hasEvent: number;
}

function moveIdentities(driver: Driver, settings: Pick<StoreSettings, 'now' | 'retryHorizonMs'>): boolean {
  const upTo = nextBatch(driver, 'old_names', 'id');
  if (upTo === null) return false;
  numberConversations(driver, `old_names WHERE id <= ${upTo}`);
  const old = driver.rows(
    `SELECT n.key, c.id AS conversation, n.given, n.digest, n.listed_id AS listedId, n.listed_at AS listedAt, n.event_id AS eventId,
            n.occurred_at AS occurredAt, n.client_message_id AS clientMessageId, EXISTS (SELECT 1 FROM events WHERE id = n.event_id) AS hasEvent
     FROM old_names n JOIN conversations c ON c.name = n.conversation WHERE n.id <= ? ORDER BY n.id`,
    upTo,
  ) as OldIdentity[];
  const conversations = new Set(old.map(({ conversation }) => conversation));
  for (const conversation of conversations) {
    const ofConversation = old.filter((identity) => identity.conversation === conversation);
    const records = ofConversation.flatMap((identity) => toRemember(driver, identity, settings));
    const now = Math.max(...ofConversation.map(({ given }) => given));
    writeIdentities(driver, conversation, [], { records, now });
  }
  driver.run('DELETE FROM old_names WHERE id <= ?', upTo);
  removeUnused(driver, conversations);
  return true;
}

/** What has to be packed of an identity. */
function toRemember(
  driver: Driver,
  identity: OldIdentity,
  { now, retryHorizonMs }: Pick<StoreSettings, 'now' | 'retryHorizonMs'>,
): IdentityRecord[] {
  const { key, conversation, hasEvent, digest, listedId, listedAt, eventId, occurredAt, clientMessageId } = identity;
  const record = { id: key, digest: shortDigest(digest), listedId, listedAt, eventId, occurredAt, clientMessageId };
  if (hasEvent === 1) return listedId !== null && key === `e${eventId}` ? [record] : [];
  const mayBeDropped = eventId !== null || isOld(listedAt, now, retryHorizonMs);
  return mayBeDropped && isDerivable(record, unlistedAround(driver, conversation, record)) ? [] : [record];
}

/** The identities around a message's time that only events have shown, moved or not. */
function unlistedAround(driver: Driver, conversation: number, { listedId, listedAt, occurredAt }: IdentityRecord): IdentityRecord[] {
  const at = listedAt ?? occurredAt;
  if (listedId === null || at === null) return [];
  const [from, to] = [at - CLOCK_TOLERANCE_MS, at + CLOCK_TOLERANCE_MS];
  const old = driver.rows(
    `SELECT key AS id, digest, listed_id AS listedId, listed_at AS listedAt, event_id AS eventId, occurred_at AS occurredAt,
            client_message_id AS clientMessageId FROM old_names
     WHERE conversation = (SELECT name FROM conversations WHERE id = ?) AND listed_id IS NULL AND occurred_at BETWEEN ? AND ?`,
    conversation,
    from,
    to,
  ) as IdentityRecord[];
  const moved = readKnown(driver, conversation, { from, to }).records.filter((record) => record.listedId === null);
  return [...moved, ...old.map((record) => ({ ...record, digest: shortDigest(record.digest) }))];
}

import type { Driver } from './driver.js';
import { hashConversation } from './stored-conversations.js';

/** SQL: the number of the conversation whose id is the parameter. */
export const numberOf = (parameter: string): string => `(SELECT id FROM conversations WHERE name = ${parameter})`;

/** A conversation's number; null if nothing is stored of it. */
export function findConversation(driver: Driver, conversationId: string): number | null {
  const row = driver.row('SELECT id FROM conversations WHERE name = ?', conversationId) as { id: number } | undefined;
  return row?.id ?? null;
}

/** A conversation's number, assigned if it has none. */
export function ensureConversation(driver: Driver, conversationId: string): number {
  return findConversation(driver, conversationId) ?? driver.run('INSERT INTO conversations (name) VALUES (?)', conversationId).lastId;
}

/** The ids of conversations by number. */
export function conversationIds(driver: Driver, numbers: Iterable<number>): ReadonlyMap<number, string> {
  const rows = driver.rows(
    'SELECT id, name FROM conversations WHERE id IN (SELECT value FROM json_each(?))',
    JSON.stringify([...numbers]),
  ) as { id: number; name: string }[];
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Rows read at a time. */
const CHUNK = 1_000;

/** Hashes of all conversations' ids. */
export function hashConversations(driver: Driver): Uint32Array {
  const hashes: number[] = [];
  for (let after = 0; ;) {
    const rows = driver.rows('SELECT id, name FROM conversations WHERE id > ? ORDER BY id LIMIT ?', after, CHUNK) as {
      id: number;
      name: string;
    }[];
    for (const { name } of rows) hashes.push(hashConversation(name));
    const last = rows.at(-1);
    if (last === undefined) return Uint32Array.from(hashes);
    after = last.id;
  }
}

/** Removes those of the conversations of which nothing is stored any more. */
export function removeUnused(driver: Driver, numbers: Iterable<number>): void {
  driver.run(
    `DELETE FROM conversations WHERE id IN (SELECT value FROM json_each(?))
     AND NOT EXISTS (SELECT 1 FROM events WHERE conversation = conversations.id)
     AND NOT EXISTS (SELECT 1 FROM identities WHERE conversation = conversations.id)`,
    JSON.stringify([...numbers]),
  );
}

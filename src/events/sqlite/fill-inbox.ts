import type { Driver } from './driver.js';
import { rebuildInboxRow } from './inbox-table.js';

/** Conversations filled in one transaction. */
const BATCH = 100;

/** SQL: notes, in the transaction that raises the format, that the inbox has to be filled. */
export const BEGIN_FILLING = `
  CREATE TABLE IF NOT EXISTS inbox_filling (upto INTEGER NOT NULL);
  INSERT INTO inbox_filling SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM inbox_filling);`;

/** Makes the inbox of a file of an earlier format from its events, in batches. If interrupted, it is continued at the next opening. */
export function fillInbox(driver: Driver): void {
  if (driver.row(`SELECT 1 FROM sqlite_schema WHERE name = 'inbox_filling'`) === undefined) return;
  for (let more = true; more;) {
    driver.exec('BEGIN');
    const conversations = driver.rows(
      'SELECT id FROM conversations WHERE id > (SELECT upto FROM inbox_filling) ORDER BY id LIMIT ?',
      BATCH,
    ) as { id: number }[];
    for (const { id } of conversations) rebuildInboxRow(driver, id);
    const last = conversations.at(-1);
    if (last !== undefined) driver.run('UPDATE inbox_filling SET upto = ?', last.id);
    more = last !== undefined;
    driver.exec('COMMIT');
  }
  driver.exec('DROP TABLE inbox_filling');
}

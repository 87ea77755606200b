// The format of the embedded log as the built code writes it: its tables, and the rows that the story makes in them.
//   npm run build && node scripts/log-fixtures/format.js    writes it to test/fixtures/event-logs/embedded-format.txt
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageDigest } from '../../build/domain/message-digest.js';
import { openDriver } from '../../build/events/sqlite/driver.js';
import { openSqliteLog } from '../../build/events/sqlite/open.js';
import { EPOCH, write } from './story.js';
import { START } from './story-events.js';

export const FORMAT_FILE = fileURLToPath(new URL('../../test/fixtures/event-logs/embedded-format.txt', import.meta.url));

/** As a text. */
export async function writtenFormat() {
  const directory = mkdtempSync(join(tmpdir(), 'log-format-'));
  try {
    const log = await openSqliteLog({ directory, clock: () => START, newEpoch: () => EPOCH });
    await write(log, messageDigest);
    await log.close();
    const driver = openDriver(join(directory, 'events.db'));
    const made = driver.rows(`SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name`);
    const rows = made
      .filter(({ type, name }) => type === 'table' && name !== 'probe')
      .flatMap(({ name }) => driver.rows(`SELECT * FROM ${name} ORDER BY 1`).map((row) => `${name}: ${JSON.stringify(row)}`));
    const format = JSON.stringify(driver.rows('PRAGMA user_version')[0]);
    driver.close();
    return `${[format, ...made.map(({ sql }) => sql.replace(/\s+/g, ' ')), ...rows].join('\n')}\n`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FORMAT_FILE, await writtenFormat());

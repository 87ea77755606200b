import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { foldHandling } from '../../../src/domain/interaction-metrics.js';
import type { Episode } from '../../../src/domain/interaction-episodes.js';
import { openDriver } from '../../../src/events/sqlite/driver.js';
import { fillInbox } from '../../../src/events/sqlite/fill-inbox.js';
import { openSqliteLog } from '../../../src/events/sqlite/open.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import { expectInboxOfEvents } from './inbox.js';
import { temporaryDirectory } from './sqlite-log.js';
import { START, messageAdded } from './sample-events.js';

interface Scripts {
  readonly answers: (log: EventLog) => Promise<object>;
  readonly FORMAT_FILE: string;
  readonly writtenFormat: () => Promise<string>;
}

const script = async (name: string) => (await import(new URL(`../../../scripts/log-fixtures/${name}`, import.meta.url).href)) as Scripts;
const { answers } = await script('story.js');
const { FORMAT_FILE, writtenFormat } = await script('format.js');

const FIXTURES = fileURLToPath(new URL('../../fixtures/event-logs', import.meta.url));
const CHANGED = `What the embedded log writes has changed. Before this is released:
1. make a fixture of the release before: node scripts/log-fixtures/make.js COMMIT
2. raise FORMAT_VERSION (src/events/sqlite/schema.ts), unless the release before can work with a file so changed, and migrate older files when they are opened
3. write the new format down: npm run build && node scripts/log-fixtures/format.js`;

/** Format 1 kept episodes where format 2 keeps the facts that they are made of. */
const withFacts = ({ handling, ...others }: Record<string, unknown>) =>
  handling === undefined ? others : { ...others, handling: [...foldHandling(handling as Episode[], [])] };

const releases = (await readdir(FIXTURES)).flatMap((file) => /^embedded-(.+)\.db\.gz$/.exec(file)?.[1] ?? []);

describe('an embedded event log written by an earlier release', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => rm(directory, { recursive: true }));

  it.each(releases)('(%s) answers as it did there, and accepts new events', async (release) => {
    await mkdir(join(directory, 'log'));
    await writeFile(join(directory, 'log', 'events.db'), gunzipSync(await readFile(join(FIXTURES, `embedded-${release}.db.gz`))));
    const expected = JSON.parse(await readFile(join(FIXTURES, `embedded-${release}.json`), 'utf8')) as Record<string, unknown>;
    const log = await openSqliteLog({ directory: join(directory, 'log'), clock: () => START });
    // Null where that release had no such question.
    const known = Object.fromEntries(Object.entries(expected).filter(([name, answer]) => answer !== null || name === 'expired'));
    await expectInboxOfEvents(log);
    expect(await answers(log)).toMatchObject(withFacts(known));
    expect(await log.append(messageAdded('new', 'Sent'))).toMatchObject({ duplicate: false, identity: { clientMessageId: 'mine' } });
    await log.expire(new Date(START + 1));
    expect((await log.read('all', { limit: 10 })).events.map(({ event }) => event.id)).toEqual(['e2']);
    await log.close();
  });

  it.each(['0fa77ef', '879e23f'])(
    '(%s) has its whole inbox after an opening that was interrupted while that was filled',
    async (release) => {
      const file = join(directory, 'events.db');
      await writeFile(file, gunzipSync(await readFile(join(FIXTURES, `embedded-${release}.db.gz`))));
      await (await openSqliteLog({ directory, clock: () => START })).close();
      const driver = openDriver(file);
      const inbox = () => driver.rows('SELECT * FROM inbox ORDER BY conversation');
      const filled = inbox();
      expect(filled.length).toBeGreaterThan(1);
      driver.exec(
        'DELETE FROM inbox WHERE conversation > 1; CREATE TABLE inbox_filling (upto INTEGER NOT NULL); INSERT INTO inbox_filling VALUES (1)',
      );
      fillInbox(driver);
      expect(inbox()).toEqual(filled);
      expect(driver.row(`SELECT 1 FROM sqlite_schema WHERE name = 'inbox_filling'`)).toBeUndefined();
      driver.close();
    },
  );

  it('is there for the first release and for each change since', () => {
    expect(releases).toEqual(expect.arrayContaining(['da4e85f', '1213292', '89d519b', '0fa77ef', '879e23f', '265f8e2']));
  });
});

it('the embedded event log writes the format that is written down', async () => {
  const written = await writtenFormat();
  try {
    expect(written).toBe(await readFile(FORMAT_FILE, 'utf8'));
  } catch (error) {
    throw new Error(`${CHANGED}\n${error instanceof Error ? error.message : ''}`, { cause: error });
  }
});

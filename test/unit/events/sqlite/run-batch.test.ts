import type { Driver } from '../../../../src/events/sqlite/driver.js';
import { openDriver } from '../../../../src/events/sqlite/driver.js';
import { toNewEvent } from '../../../../src/events/sqlite/new-event.js';
import type { Request } from '../../../../src/events/sqlite/worker-protocol.js';
import { runBatch } from '../../../../src/events/sqlite/run-batch.js';
import { TABLES } from '../../../../src/events/sqlite/schema.js';
import { queued } from '../../../contract/event-log/sample-events.js';

const append = (id: string): Request<'append'> => ({
  name: 'append',
  input: toNewEvent(queued(id)),
});

/** A database in memory whose driver does as the test says before a statement is run. */
function databaseUnderTest(before: (sql: string, values: readonly unknown[]) => void = () => undefined) {
  const driver = openDriver(':memory:');
  driver.exec(TABLES);
  const statements: string[] = [];
  const watched: Driver = {
    rows: (sql, ...values) => driver.rows(sql, ...values),
    row: (sql, ...values) => driver.row(sql, ...values),
    run: (sql, ...values) => {
      before(sql, values);
      return driver.run(sql, ...values);
    },
    exec: (sql) => {
      statements.push(sql);
      before(sql, []);
      driver.exec(sql);
    },
    get inTransaction() {
      return driver.inTransaction;
    },
    close: () => {
      driver.close();
    },
  };
  const ids = () => (driver.rows('SELECT id FROM events ORDER BY seq') as { id: string }[]).map(({ id }) => id);
  return { driver: watched, statements, ids };
}

const sqliteError = (code: string) => Object.assign(new Error(`no: ${code}`), { code });

describe('a batch', () => {
  it('is one transaction', () => {
    const { driver, statements, ids } = databaseUnderTest();
    expect(runBatch(driver, [append('e1'), append('e2'), append('e1')])).toMatchObject([
      { ok: true, result: { seq: 1, duplicate: false } },
      { ok: true, result: { seq: 2, duplicate: false } },
      { ok: true, result: { seq: 1, duplicate: true } },
    ]);
    expect([statements, ids()]).toEqual([
      ['BEGIN', 'COMMIT'],
      ['e1', 'e2'],
    ]);
  });

  it('stores all but the one that the database cannot accept', () => {
    const { driver, ids } = databaseUnderTest((_, values) => {
      if (values.includes('bad')) throw sqliteError('SQLITE_TOOBIG');
    });
    const replies = runBatch(driver, [append('e1'), append('bad'), append('e2')]);
    expect(replies.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(replies[1]).toEqual({ ok: false, kind: 'UNAVAILABLE', message: 'no: SQLITE_TOOBIG' });
    expect(ids()).toEqual(['e1', 'e2']);
  });

  it.each(['SQLITE_FULL', 'SQLITE_IOERR_FSYNC'])('fails as a whole and stores nothing when the disk fails at the commit (%s)', (code) => {
    let full = true;
    const { driver, statements, ids } = databaseUnderTest((sql) => {
      if (full && sql === 'COMMIT') throw sqliteError(code);
    });
    expect(runBatch(driver, [append('e1'), append('e2')]).map(({ ok }) => ok)).toEqual([false, false]);
    expect([statements, ids()]).toEqual([['BEGIN', 'COMMIT', 'ROLLBACK'], []]);
    full = false;
    expect(runBatch(driver, [append('e1')])).toMatchObject([{ ok: true }]);
  });

  it('writes nothing where nothing changes, or nothing that an event may still come for', () => {
    let writes = 0;
    const { driver } = databaseUnderTest((sql) => {
      if (/INSERT|UPDATE|DELETE/.test(sql)) writes += 1;
    });
    const list = (now: number): Request<'identifyListedMessages'> => ({
      name: 'identifyListedMessages',
      input: { conversationId: 'c1', sightings: [1, 2].map((number) => [`m${number}`, 'same', number]), now, retryHorizonMs: 1_000 },
    });
    const identities = ['m1', 'm2'].map((listedId) => ({ id: `m${listedId}`, listedId, clientMessageId: null }));
    expect(runBatch(driver, [list(2_000)])).toMatchObject([{ result: { identities, isChanged: false } }]);
    expect(writes).toBe(0);
    expect(runBatch(driver, [list(0)])).toMatchObject([{ result: { identities, isChanged: true } }]);
    expect(writes).toBe(2);
    expect(runBatch(driver, [list(0)])).toMatchObject([{ result: { identities, isChanged: false } }]);
    expect(writes).toBe(2);
  });
});

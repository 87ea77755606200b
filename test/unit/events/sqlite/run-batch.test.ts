import type { Driver } from '../../../../src/events/sqlite/driver.js';
import { openDriver } from '../../../../src/events/sqlite/driver.js';
import { toNewEvent } from '../../../../src/events/sqlite/new-event.js';
import type { Request } from '../../../../src/events/sqlite/worker-protocol.js';
import { commitLosable, runBatch } from '../../../../src/events/sqlite/run-batch.js';
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
    // The first position is lost to the attempt to store a new conversation's event like those of known ones.
    expect(runBatch(driver, [append('e1'), append('e2'), append('e1')])).toMatchObject([
      { ok: true, result: { seq: 2, duplicate: false } },
      { ok: true, result: { seq: 3, duplicate: false } },
      { ok: true, result: { seq: 2, duplicate: true } },
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
    const identities = ['m1', 'm2'].map((listedId) => [`m${listedId}`, null]);
    expect(runBatch(driver, [list(2_000)])).toMatchObject([{ result: { identities, isChanged: false } }]);
    expect(writes).toBe(0);
    expect(runBatch(driver, [list(0)])).toMatchObject([{ result: { identities, isChanged: true } }]);
    expect(writes).toBe(2);
    expect(runBatch(driver, [list(0)])).toMatchObject([{ result: { identities, isChanged: false } }]);
    expect(writes).toBe(2);
  });

  describe('that writes nothing but what may be lost', () => {
    const NOW = 60_000;
    const message = (id: string): Request<'append'> => ({
      name: 'append',
      input: {
        id,
        conversationId: 'c1',
        type: 'MESSAGE_ADDED',
        occurredAt: 1_000,
        receivedAt: 1_000,
        json: '{}',
        digest: `digest of ${id}`,
      },
    });
    const list = (...ids: string[]): Request<'identifyListedMessages'> => ({
      name: 'identifyListedMessages',
      input: {
        conversationId: 'c1',
        sightings: ids.map((id) => [`listed ${id}`, `digest of ${id}`, 1_000]),
        now: NOW,
        retryHorizonMs: NOW,
      },
    });
    const read: Request<'findByIdentity'> = { name: 'findByIdentity', input: { conversationId: 'c1', key: 'ee1' } };
    const listedAs = (listedId: string | null) => [{ ok: true, result: { identity: { id: 'ee1', listedId } } }];

    function listedAfterEvent() {
      const log = databaseUnderTest();
      runBatch(log.driver, [message('e1')]);
      log.statements.length = 0;
      expect(runBatch(log.driver, [list('e1')])).toMatchObject([{ result: { isChanged: true } }]);
      return log;
    }

    it('is not committed before the next that writes anything else, and reads find it', () => {
      const { driver, statements } = listedAfterEvent();
      expect(runBatch(driver, [read])).toMatchObject(listedAs('listed e1'));
      expect([statements, driver.inTransaction]).toEqual([['BEGIN'], true]);
      runBatch(driver, [append('e2')]);
      expect([statements, driver.inTransaction]).toEqual([['BEGIN', 'COMMIT'], false]);
    });

    it('is committed by itself', () => {
      const { driver, statements } = listedAfterEvent();
      commitLosable(driver);
      commitLosable(driver);
      expect([statements, driver.inTransaction]).toEqual([['BEGIN', 'COMMIT'], false]);
    });

    it('commits immediately what must not be lost', () => {
      const { driver, statements } = listedAfterEvent();
      runBatch(driver, [list('e1', 'that waits for its event')]);
      expect([statements, driver.inTransaction]).toEqual([['BEGIN', 'COMMIT'], false]);
    });

    it('is lost where the disk does not accept it, and found again', () => {
      let full = true;
      const { driver } = databaseUnderTest((sql) => {
        if (full && sql === 'COMMIT' && driver.inTransaction) throw sqliteError('SQLITE_FULL');
      });
      full = false;
      runBatch(driver, [message('e1')]);
      runBatch(driver, [list('e1')]);
      full = true;
      commitLosable(driver);
      full = false;
      expect(runBatch(driver, [read])).toMatchObject(listedAs(null));
      expect(runBatch(driver, [list('e1')])).toMatchObject([{ result: { identities: [['ee1', null]] } }]);
    });
  });
});

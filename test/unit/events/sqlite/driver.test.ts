import { openDriver } from '../../../../src/events/sqlite/driver.js';
import { runBatch } from '../../../../src/events/sqlite/run-batch.js';

const CLOSED = 'The database is closed';

describe('a database that was closed', () => {
  const closed = () => {
    const driver = openDriver(':memory:');
    driver.exec('CREATE TABLE t (a)');
    driver.rows('SELECT a FROM t');
    driver.close();
    return driver;
  };

  it('rejects every call, including statements prepared before', () => {
    const driver = closed();
    for (const ask of [
      () => driver.rows('SELECT a FROM t'),
      () => driver.row('SELECT a FROM t'),
      () => driver.run('INSERT INTO t VALUES (1)'),
      () => {
        driver.exec('BEGIN');
      },
    ])
      expect(ask).toThrow(CLOSED);
    driver.close();
  });

  it('is in no transaction, and lives through the question', () => {
    expect(closed().inTransaction).toBe(false);
    expect(runBatch(closed(), [{ name: 'activeSince', input: { from: { received: 0, seq: 0 } } }])).toEqual([
      { ok: false, kind: 'UNAVAILABLE', message: CLOSED },
    ]);
  });
});

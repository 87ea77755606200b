import { rm } from 'node:fs/promises';
import { temporaryDirectory } from '../../../contract/event-log/sqlite-log.js';
import { START, listed, messageAdded, queued } from '../../../contract/event-log/sample-events.js';
import type { Driver, SqlValue } from '../../../../src/events/sqlite/driver.js';
import { toNewEvent } from '../../../../src/events/sqlite/new-event.js';
import { openStore } from '../../../../src/events/sqlite/open-store.js';
import { runBatch } from '../../../../src/events/sqlite/run-batch.js';
import { toSerialized } from '../../../../src/events/sqlite/worker-protocol.js';
import type { OperationInput, OperationName, PageQuery } from '../../../../src/events/sqlite/worker-protocol.js';
import { storeSettings } from './store-settings.js';

const HORIZON = 86_400_000;
const PAGE: PageQuery = { scope: { conversationId: 'c1' }, after: null, before: null, limit: 10, fromEnd: false, types: null };

let directory: string;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => rm(directory, { recursive: true }));

/** Everything that is asked of the store while somebody waits for the answer. */
function answerEverything(driver: Driver): void {
  const run = <K extends OperationName>(name: K, input: OperationInput<K>) => {
    expect(runBatch(driver, [{ name, input }])).toMatchObject([{ ok: true }]);
  };
  const identify = (sightings: ReturnType<typeof toSerialized>[]) =>
    run('identifyListedMessages', { conversationId: 'c1', sightings, now: START, retryHorizonMs: HORIZON });
  run('append', toNewEvent(messageAdded('e1', 'Hello')));
  run('append', toNewEvent(messageAdded('e2', 'Good morning')));
  run('append', toNewEvent(queued('e3')));
  run('eventsMissingFromHistory', { conversationId: 'c1', received: 0 });
  identify([toSerialized(listed('m1', 'Hello')), toSerialized(listed('m2', 'Anybody?'))]);
  identify([toSerialized({ ...listed('m4', 'No time'), createdAt: null })]);
  run('append', toNewEvent(messageAdded('e1', 'Hello')));
  run('append', toNewEvent(messageAdded('e4', 'Anybody?')));
  run('eventsMissingFromHistory', { conversationId: 'c1', received: 0 });
  for (const key of ['ee1', 'mm2', 'mm4']) run('findByIdentity', { conversationId: 'c1', key });
  for (const page of [PAGE, { ...PAGE, fromEnd: true }, { ...PAGE, after: 1, before: 9 }, { ...PAGE, scope: 'all' as const }])
    run('readPage', page);
  run('registerPendingSend', { conversationId: 'c1', digest: 'digest', clientMessageId: null, sentAt: new Date(START) });
  run('interactionMetrics', { conversationId: 'c1' });
  run('decideHealing', { conversationId: 'c1', since: null, listedIds: ['m2'], from: START, to: START });
  const event = toNewEvent(messageAdded('healed', 'Anybody?'));
  run('heal', { conversationId: 'c1', since: null, messages: [{ listedId: 'm2', event }] });
}

it('reads what lies in one conversation, and nothing of others by a time that they share', () => {
  const { driver } = openStore(storeSettings(directory));
  const asked = new Map<string, SqlValue[]>();
  const noting =
    <R>(method: (sql: string, ...values: SqlValue[]) => R) =>
    (sql: string, ...values: SqlValue[]) => {
      if (!sql.startsWith('INSERT')) asked.set(sql, values);
      return method(sql, ...values);
    };
  answerEverything({ ...driver, rows: noting(driver.rows), row: noting(driver.row), run: noting(driver.run) });
  expect(asked.size).toBeGreaterThan(10);
  for (const [sql, values] of asked) {
    const plan = driver.rows(`EXPLAIN QUERY PLAN ${sql}`, ...values) as { detail: string }[];
    const shared = plan.filter(({ detail }) =>
      /SCAN (events|identities|conversations|sends|spent)|_by_age|_by_received|_by_sent/.test(detail),
    );
    expect({ sql, shared }).toEqual({ sql, shared: [] });
  }
  driver.close();
});

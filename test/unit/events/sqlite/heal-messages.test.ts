import { openDriver } from '../../../../src/events/sqlite/driver.js';
import type { Driver } from '../../../../src/events/sqlite/driver.js';
import { decideHealing } from '../../../../src/events/sqlite/heal-messages.js';
import { toNewEvent } from '../../../../src/events/sqlite/new-event.js';
import { runBatch } from '../../../../src/events/sqlite/run-batch.js';
import { TABLES } from '../../../../src/events/sqlite/schema.js';
import { queued } from '../../../contract/event-log/sample-events.js';

const AT = 1_767_225_600_000;
const LISTED = Array.from({ length: 20 }, (_, n) => `m${n}`);

/** A conversation whose messages were listed, each without an event. */
function listedConversation(): Driver {
  const driver = openDriver(':memory:');
  driver.exec(TABLES);
  const sightings = LISTED.map((listedId, n) => [listedId, `digest ${n}`, AT + n] as const);
  runBatch(driver, [
    { name: 'append', input: toNewEvent(queued('e1', { occurredAt: AT - 60_000 })) },
    { name: 'identifyListedMessages', input: { conversationId: 'c1', sightings, now: AT, retryHorizonMs: 86_400_000 } },
  ]);
  return driver;
}

it('decides about all messages of a conversation by one statement', () => {
  const driver = listedConversation();
  let statements = 0;
  const counting =
    <A extends unknown[], R>(method: (...args: A) => R) =>
    (...args: A) => {
      statements += 1;
      return method(...args);
    };
  const counted = { ...driver, rows: counting(driver.rows), row: counting(driver.row), run: counting(driver.run) };
  const input = { conversationId: 'c1', since: null, listedIds: LISTED, from: AT, to: AT + LISTED.length };
  expect(decideHealing(counted, input)).toEqual(LISTED.map(() => 'OVERDUE'));
  expect(statements).toBe(1);
  expect(decideHealing(counted, { ...input, conversationId: 'unknown' })).toEqual(LISTED.map(() => 'SETTLED'));
  driver.close();
});

it('commits nothing that may be lost for a decision', () => {
  const driver = listedConversation();
  driver.exec('BEGIN');
  const input = { conversationId: 'c1', since: null, listedIds: LISTED, from: AT, to: AT };
  expect(runBatch(driver, [{ name: 'decideHealing', input }])).toMatchObject([{ ok: true }]);
  expect(driver.inTransaction).toBe(true);
  driver.exec('ROLLBACK');
  driver.close();
});

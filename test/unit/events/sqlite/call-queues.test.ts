import { CallQueues } from '../../../../src/events/sqlite/call-queues.js';
import { toNewEvent } from '../../../../src/events/sqlite/new-event.js';
import { messageAdded } from '../../../contract/event-log/sample-events.js';
import type { Call, CallKind } from '../../../../src/events/sqlite/call-queues.js';
import type { Reply, SerializedEvent } from '../../../../src/events/sqlite/worker-protocol.js';

const PAGE = { scope: { conversationId: 'c1' }, after: 0, before: null, limit: 200, fromEnd: false, types: null } as const;
const REQUESTS = {
  prompt: { name: 'ping', input: {} },
  page: { name: 'readPage', input: PAGE },
  background: { name: 'releaseFreePages', input: {} },
} as const;
const EVENT: SerializedEvent = { seq: 1, json: '{}', identity: null };
const pageOf = (events: number): Reply => ({
  ok: true,
  result: { events: Array.from({ length: events }, () => EVENT), hasMore: false },
});

let queues: CallQueues;
beforeEach(() => {
  queues = new CallQueues();
});
const add = (kind: CallKind, count = 1) => {
  for (let n = 0; n < count; n += 1) queues.add(kind, { request: REQUESTS[kind], settle: () => undefined });
};
const kindsOf = (calls: readonly Call[]) =>
  calls.map(({ request: { name } }) => Object.entries(REQUESTS).find(([, one]) => one.name === name)?.[0]);
const nextKinds = () => kindsOf(queues.nextBatch());
/** Runs the batches of all pages that wait, each page with this many events; returns how many there were in each. */
function runPages(events: number): number[] {
  const sizes: number[] = [];
  while (!queues.isEmpty) {
    const batch = queues.nextBatch();
    sizes.push(batch.length);
    queues.settled(
      batch,
      batch.map(() => pageOf(events)),
    );
  }
  return sizes;
}

describe('the calls that wait for the store', () => {
  it('are sent prompt ones first and together, then a few pages, a slice, and what was prompt meanwhile in between', () => {
    add('page', 5);
    add('background', 2);
    add('prompt', 3);
    expect(nextKinds()).toEqual(['prompt', 'prompt', 'prompt']);
    add('prompt');
    expect(nextKinds()).toEqual(['page', 'page']);
    add('prompt');
    expect(nextKinds()).toEqual(['prompt', 'prompt']);
    expect(nextKinds()).toEqual(['background']);
    expect([nextKinds(), nextKinds(), nextKinds(), nextKinds()]).toEqual([['page', 'page'], ['background'], ['page'], []]);
    expect(queues.isEmpty).toBe(true);
  });

  it('say whether they are the first of their kind', () => {
    const call: Call = { request: REQUESTS.page, settle: () => undefined };
    expect([queues.add('page', call), queues.add('page', call), queues.add('prompt', call)]).toEqual([true, false, true]);
    expect(queues.clear()).toHaveLength(3);
    expect(queues.isEmpty).toBe(true);
  });

  it('include more pages at a time while those are nearly empty', () => {
    add('page', 500);
    expect(runPages(1)).toEqual([2, 4, 8, 16, 32, 64, 64, 64, 64, 64, 64, 54]);
  });

  it('include few pages at a time while those are full', () => {
    add('page', 10);
    expect(runPages(201)).toEqual([2, 1, 1, 1, 1, 1, 1, 1, 1]);
    add('page', 6);
    expect(runPages(150)).toEqual([2, 2, 2]);
  });

  it('include few pages again in the next burst', () => {
    add('page', 30);
    expect(runPages(1)).toEqual([2, 4, 8, 16]);
    add('page', 3);
    expect(runPages(200)).toEqual([2, 1]);
  });

  it('of a page that failed count no events', () => {
    add('page', 6);
    queues.settled(queues.nextBatch(), [{ ok: false, kind: 'CURSOR_EXPIRED', message: '' }, pageOf(3)]);
    expect(queues.nextBatch()).toHaveLength(4);
  });

  it('are sent a few megabytes of events at a time', () => {
    const event = (n: number) => ({ ...toNewEvent(messageAdded(`e${n}`, 'Hello')), json: 'x'.repeat(1_000_000) });
    const heal = {
      conversationId: 'c1',
      since: null,
      messages: Array.from({ length: 5 }, (_, n) => ({ listedId: `m${n}`, event: event(n) })),
    };
    for (let n = 0; n < 2; n += 1) queues.add('prompt', { request: { name: 'heal', input: heal }, settle: () => undefined });
    queues.add('prompt', { request: { name: 'append', input: event(9) }, settle: () => undefined });
    expect([queues.nextBatch().length, queues.nextBatch().length]).toEqual([1, 2]);
  });
});

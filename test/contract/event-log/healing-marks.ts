import type { EventLog } from '../../../src/events/port/event-log.js';
import type { LogGap } from '../../../src/events/port/healing-marks.js';
import { disposing } from './harness.js';
import type { OpenLog } from './harness.js';
import { START } from './sample-events.js';

const SECOND = 1_000;
const GAP_MS = 90 * SECOND;
const at = (seconds: number): Date => new Date(START + seconds * SECOND);
const gap = (from: number, to: number): LogGap => ({ from: at(from), to: at(to) });

/** What every engine's `healing` and `followed` keep to. */
export function describeHealingMarks(openLog: OpenLog): void {
  const open = disposing(openLog);
  const beat = (log: EventLog, seconds: number, lastEvent: number | null = null) =>
    log.healing.beat({ now: at(seconds), lastEventAt: lastEvent === null ? null : at(lastEvent), gapMs: GAP_MS });

  it('know no gap before the first heartbeat, nor between heartbeats that are close enough', async () => {
    const { log } = await open();
    for (const seconds of [0, 60, 150, 240]) expect(await beat(log, seconds)).toBeNull();
  });

  it('know the gap between heartbeats until it is settled, also after a restart', async () => {
    const { log, reopen } = await open();
    await beat(log, 0);
    expect(await beat(log, 91)).toEqual(gap(0, 91));
    expect(await beat(log, 151)).toEqual(gap(0, 91));
    const again = await reopen();
    expect(await beat(again, 200)).toEqual(gap(0, 91));
    await again.healing.settle(gap(0, 91));
    expect(await beat(again, 260)).toBeNull();
    expect(await beat(again, 351)).toEqual(gap(260, 351));
  });

  it('remember the last heartbeat over a restart', async () => {
    const { log, reopen } = await open();
    await beat(log, 0);
    await beat(log, 60);
    expect(await beat(await reopen(), 500)).toEqual(gap(60, 500));
  });

  it('extend a gap that another follows before it is settled', async () => {
    const { log } = await open();
    await beat(log, 0);
    const first = await beat(log, 100);
    expect(await beat(log, 160)).toEqual(first);
    expect(await beat(log, 300)).toEqual(gap(0, 300));
    await log.healing.settle(gap(0, 100));
    expect(await beat(log, 360)).toEqual(gap(0, 300));
    await log.healing.settle(gap(0, 300));
    expect(await beat(log, 420)).toBeNull();
  });

  it('take the newest event for a heartbeat', async () => {
    const { log } = await open();
    expect(await beat(log, 1_000, 0)).toEqual(gap(0, 1_000));
    await log.healing.settle(gap(0, 1_000));
    // Received meanwhile, though no heartbeat was written.
    expect(await beat(log, 1_300, 1_250)).toBeNull();
    expect(await beat(log, 1_400, 100)).toEqual(gap(1_300, 1_400));
  });

  it('are not moved back by a clock that is behind', async () => {
    const { log } = await open();
    await beat(log, 100);
    expect(await beat(log, 20)).toBeNull();
    expect(await beat(log, 180)).toBeNull();
  });

  it('give a conversation to one at a time', async () => {
    const { log } = await open();
    const claims = await Promise.all(Array.from({ length: 8 }, () => log.healing.claim('c1', at(0), at(0))));
    expect(claims.filter((claim) => claim === 'claimed')).toHaveLength(1);
    expect(claims.filter((claim) => claim === 'busy')).toHaveLength(7);
    expect(await log.healing.claim('c2', at(0), at(0))).toBe('claimed');
  });

  it('give a conversation again after a look that failed, or one that began before the time asked for', async () => {
    const { log } = await open();
    await log.healing.claim('c1', at(0), at(0));
    await log.healing.release('c1', null);
    expect(await log.healing.claim('c1', at(0), at(1))).toBe('claimed');
    await log.healing.release('c1', at(1));
    expect(await log.healing.claim('c1', at(1), at(2))).toBe('done');
    expect(await log.healing.claim('c1', at(2), at(2))).toBe('claimed');
    // Whoever wants less has it already.
    expect(await log.healing.claim('c1', at(1), at(2))).toBe('done');
    await log.healing.release('c1', null);
    expect(await log.healing.claim('c1', at(1), at(3))).toBe('done');
    expect(await log.healing.claim('c1', at(2), at(3))).toBe('claimed');
  });

  it('keep the latest of two looks, whichever ends last', async () => {
    const { log } = await open();
    await log.healing.claim('c1', at(10), at(10));
    await log.healing.release('c1', at(10));
    await log.healing.release('c1', at(5));
    expect(await log.healing.claim('c1', at(8), at(11))).toBe('done');
  });

  it('name the conversations that have a subscription, each once', async () => {
    const { log, reopen } = await open();
    expect(log.followed()).toEqual([]);
    const all = await log.subscribe('all', {});
    expect(log.followed()).toEqual([]);
    const [first, second, other] = await Promise.all(['c1', 'c1', 'c2'].map((conversationId) => log.subscribe({ conversationId }, {})));
    expect([...log.followed()].sort()).toEqual(['c1', 'c2']);
    await first?.return();
    await other?.return();
    expect(log.followed()).toEqual(['c1']);
    await second?.return();
    expect(log.followed()).toEqual([]);
    await all.return();
    await log.subscribe({ conversationId: 'c3' }, {});
    expect((await reopen()).followed()).toEqual([]);
    expect(log.followed()).toEqual([]);
  });
}

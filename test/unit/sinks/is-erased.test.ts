import { isErased, mayBeErased } from '../../../src/sinks/is-erased.js';
import { Shard } from '../../../src/sinks/shard.js';
import { queued } from '../../contract/event-log/sample-events.js';

const entry = () => new Shard(0, 1, '0').add({ event: queued('e1'), cursor: '1', identity: null }, '0');

describe('an event that waits for a sink', () => {
  it('is looked up once it was tried, or has waited', () => {
    const fresh = entry();
    expect(mayBeErased(fresh)).toBe(false);
    expect(mayBeErased({ ...fresh, attempts: 1 })).toBe(true);
    expect(mayBeErased({ ...fresh, readAt: performance.now() - 2_000 })).toBe(true);
  });

  it('is erased if its conversation was, since it was received', async () => {
    const waiting = entry();
    const { receivedAt } = waiting.stored.event;
    const erasedAt = (ms: number | null) => ({
      erasedAt: () => Promise.resolve(ms === null ? null : new Date(receivedAt.getTime() + ms)),
    });
    expect(await Promise.all([null, -1, 0, 1].map((ms) => isErased(erasedAt(ms), waiting)))).toEqual([false, false, true, true]);
  });
});

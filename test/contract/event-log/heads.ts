import { disposing, idsOf } from './harness.js';
import type { OpenLog } from './harness.js';
import { queued } from './sample-events.js';

const c1 = { conversationId: 'c1' };
const c2 = { conversationId: 'c2' };
const unused = { conversationId: 'unused' };

/** What every engine's `head` keeps to. */
export function describeHeads(openLog: OpenLog): void {
  const open = disposing(openLog);

  it('returns the cursor after which exactly the later events follow', async () => {
    const { log } = await open();
    await log.append(queued('e1'));
    await log.append(queued('e2', { conversationId: 'c2' }));
    const head = await log.head();
    await log.append(queued('e3'));
    await log.append(queued('e4', { conversationId: 'unused' }));
    await log.append(queued('e5', { conversationId: 'c2' }));
    const after = async (scope: Parameters<typeof head.cursor>[0]) =>
      idsOf((await log.read(scope, { limit: 10, after: await head.cursor(scope) })).events);
    expect([await after('all'), await after(c1), await after(c2), await after(unused)]).toEqual([
      ['e3', 'e4', 'e5'],
      ['e3'],
      ['e5'],
      ['e4'],
    ]);
  });

  it('returns the same cursor while nothing is appended to the scope, and another afterwards', async () => {
    const { log } = await open();
    await log.append(queued('e1'));
    const first = await log.head();
    await log.append(queued('e2', { conversationId: 'c2' }));
    const second = await log.head();
    await log.append(queued('e3'));
    const third = await log.head();
    expect(await second.cursor(c1)).toBe(await first.cursor(c1));
    expect(await second.cursor(unused)).toBe(await first.cursor(unused));
    expect(await third.cursor(c2)).toBe(await second.cursor(c2));
    expect(await third.cursor(c1)).not.toBe(await second.cursor(c1));
    expect(await second.cursor('all')).not.toBe(await first.cursor('all'));
  });

  it('holds for conversations that were used before the log was opened', async () => {
    const { log, reopen } = await open();
    await log.append(queued('e1'));
    const again = await reopen();
    const head = await again.head();
    await again.append(queued('e2', { conversationId: 'c2' }));
    expect(await (await again.head()).cursor(c1)).toBe(await head.cursor(c1));
    await again.append(queued('e3'));
    expect(idsOf((await again.read(c1, { limit: 10, after: await head.cursor(c1) })).events)).toEqual(['e3']);
  });

  it('does not move, however much is appended', async () => {
    const { log } = await open();
    await log.append(queued('e0'));
    const head = await log.head();
    await Promise.all(Array.from({ length: 40 }, (_, index) => log.append(queued(`e${index + 1}`))));
    const { events } = await log.read(c1, { limit: 1, after: await head.cursor(c1) });
    expect(idsOf(events)).toEqual(['e1']);
    expect(idsOf((await log.read('all', { limit: 1, after: await head.cursor('all') })).events)).toEqual(['e1']);
  });
}

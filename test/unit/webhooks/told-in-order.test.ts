import { ToldInOrder } from '../../../src/webhooks/told-in-order.js';

interface Ending {
  well(result: string): void;
  badly(error: Error): void;
}

/** Pieces of work that end when the test says so, and what has been told of them, in order. */
function setUp() {
  const order = new ToldInOrder();
  const endings: Ending[] = [];
  const told: string[] = [];
  const work = () =>
    new Promise<string>((well, badly) => {
      endings.push({ well, badly });
    });
  const run = (name: string) =>
    order.run(work).then(
      (result) => told.push(`${name} ${result}`),
      (error: unknown) => told.push(`${name} failed: ${String(error)}`),
    );
  return { order, told, run, endings };
}

/** Until all that can be told has been told. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('ToldInOrder', () => {
  it('begins all at once, and tells in the order in which it was begun, whichever ends first', async () => {
    const { told, run, endings } = setUp();
    const all = [run('a'), run('b'), run('c')];
    endings[2]?.well('third');
    endings[1]?.well('second');
    await turn();
    expect(told).toEqual([]);
    endings[0]?.well('first');
    await Promise.all(all);
    expect(told).toEqual(['a first', 'b second', 'c third']);
  });

  it('tells a failure to its own, in its turn', async () => {
    const { told, run, endings } = setUp();
    const all = [run('a'), run('b'), run('c')];
    endings[1]?.badly(new Error('no'));
    endings[0]?.well('first');
    endings[2]?.well('third');
    await Promise.all(all);
    expect(told).toEqual(['a first', 'b failed: Error: no', 'c third']);
  });

  it('is not held up by work that cannot be begun', async () => {
    const { order, told, run, endings } = setUp();
    const broken = order.run(() => {
      throw new TypeError('no such thing');
    });
    const next = run('next');
    endings[0]?.well('done');
    await expect(broken).rejects.toThrow('no such thing');
    await next;
    expect(told).toEqual(['next done']);
  });
});

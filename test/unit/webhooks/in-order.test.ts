import { InOrder } from '../../../src/webhooks/in-order.js';

type Done = (error: Error | null, result: string) => void;

/** Pieces of work that end when the test says so, and what has been told of them, in order. */
function setUp() {
  const order = new InOrder();
  const dones: Done[] = [];
  const told: string[] = [];
  const run = (name: string) =>
    order
      .run<string>((done) => dones.push(done))
      .then(
        (result) => told.push(`${name} ${result}`),
        (error: unknown) => told.push(`${name} failed: ${String(error)}`),
      );
  const end = (index: number, error: Error | null, result = '') => dones[index]?.(error, result);
  return { order, told, run, end };
}

describe('InOrder', () => {
  it('tells work in the order in which it was begun, whichever ends first', async () => {
    const { told, run, end } = setUp();
    const all = [run('a'), run('b'), run('c')];
    end(2, null, 'third');
    end(1, null, 'second');
    await Promise.resolve();
    expect(told).toEqual([]);
    end(0, null, 'first');
    await Promise.all(all);
    expect(told).toEqual(['a first', 'b second', 'c third']);
  });

  it('tells a failure to its own, in its turn', async () => {
    const { told, run, end } = setUp();
    const all = [run('a'), run('b'), run('c')];
    end(1, new Error('no'));
    end(0, null, 'first');
    end(2, null, 'third');
    await Promise.all(all);
    expect(told).toEqual(['a first', 'b failed: Error: no', 'c third']);
  });

  it('is not held up by work that cannot be begun', async () => {
    const { order, told, run, end } = setUp();
    const broken = order.run(() => {
      throw new TypeError('no such thing');
    });
    const next = run('next');
    end(0, null, 'done');
    await expect(broken).rejects.toThrow('no such thing');
    await next;
    expect(told).toEqual(['next done']);
  });
});

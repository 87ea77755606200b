import { SingleFlight } from '../../../../src/datasources/upstream/single-flight.js';

describe('SingleFlight', () => {
  /** A read that counts its calls and is answered by the test. */
  function pendingRead() {
    const settle: { resolve: (value: unknown) => void; reject: (error: Error) => void }[] = [];
    const read = () => new Promise<unknown>((resolve, reject) => settle.push({ resolve, reject }));
    return { read, settle };
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('joins the same read with the same asOf', async () => {
    const shared = new SingleFlight();
    const { read, settle } = pendingRead();
    const both = Promise.all([shared.run('/a', 'c1', read), shared.run('/a', 'c1', read)]);
    await turn();
    expect(settle).toHaveLength(1);
    settle[0]?.resolve('answer');
    await expect(both).resolves.toEqual(['answer', 'answer']);
  });

  it('keeps apart what differs in the read or in asOf', async () => {
    const shared = new SingleFlight();
    const { read, settle } = pendingRead();
    const all = Promise.all([shared.run('/a', 'c1', read), shared.run('/a', 'c2', read), shared.run('/b', 'c1', read)]);
    await turn();
    expect(settle).toHaveLength(3);
    for (const [index, { resolve }] of settle.entries()) resolve(index);
    await expect(all).resolves.toEqual([0, 1, 2]);
  });

  it('calls anew once a call is settled, well or not', async () => {
    const shared = new SingleFlight();
    const { read, settle } = pendingRead();
    const failed = Promise.allSettled([shared.run('/a', 'c1', read), shared.run('/a', 'c1', read)]);
    await turn();
    settle[0]?.reject(new Error('down'));
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = shared.run('/a', 'c1', read);
    await turn();
    settle[1]?.resolve('up');
    await expect(next).resolves.toBe('up');
  });

  it('rejects, and remembers nothing, if a read throws synchronously', async () => {
    const shared = new SingleFlight();
    const broken = () => {
      throw new Error('broken');
    };
    await expect(shared.run('/a', 'c1', broken)).rejects.toThrow('broken');
    await expect(shared.run('/a', 'c1', () => Promise.resolve(1))).resolves.toBe(1);
  });
});

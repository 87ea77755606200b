import { Writable } from 'node:stream';
import { WriteBatcher } from '../../../../src/transport/scheduling/write-batcher.js';

/** Notes in `seen` what it is written, each write as one. */
function wireTo(seen: string[], name: string) {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      seen.push(`${name}: ${chunk.toString()}`);
      done();
    },
    writev: (chunks, done) => {
      seen.push(`${name}: ${chunks.map(({ chunk }) => String(chunk)).join('+')}`);
      done();
    },
  });
}
const turnEnds = () => new Promise((resolve) => setImmediate(resolve));

describe('what is sent in one turn', () => {
  it('is written at its end, in one write per socket', async () => {
    const seen: string[] = [];
    const writes = new WriteBatcher();
    const [a, b] = [wireTo(seen, 'a'), wireTo(seen, 'b')];
    for (const [wire, text] of [
      [a, '1'],
      [b, '2'],
      [a, '3'],
    ] as const) {
      writes.corkUntilTick(wire);
      wire.write(text);
    }
    expect(seen).toEqual([]);
    await turnEnds();
    expect(seen).toEqual(['a: 1+3', 'b: 2']);
    writes.corkUntilTick(a);
    a.write('4');
    await turnEnds();
    expect(seen.at(-1)).toBe('a: 4');
  });

  it('waits for no more than a few sockets', async () => {
    const seen: string[] = [];
    const writes = new WriteBatcher();
    const wires = Array.from({ length: 200 }, (_, n) => wireTo(seen, String(n)));
    const most = Math.max(
      ...wires.map((wire, n) => {
        writes.corkUntilTick(wire);
        wire.write('x');
        return n + 1 - seen.length;
      }),
    );
    expect(most).toBe(64);
    await turnEnds();
    expect(seen).toEqual(wires.map((_, n) => `${n}: x`));
  });

  it('goes before what ends the socket, and nothing comes of one that is cut off', async () => {
    const seen: string[] = [];
    const writes = new WriteBatcher();
    const [ended, cutOff] = [wireTo(seen, 'ended'), wireTo(seen, 'cut off')];
    for (const wire of [ended, cutOff]) {
      writes.corkUntilTick(wire);
      wire.write('x');
    }
    ended.end('bye');
    cutOff.destroy();
    await turnEnds();
    expect(seen).toEqual(['ended: x+bye']);
  });
});

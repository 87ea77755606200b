import { setTimeout as pause } from 'node:timers/promises';
import { batchedWriter } from '../../../src/observability/batched-writer.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function gathering(flushIntervalMs: number) {
  const written: string[] = [];
  return { written, lines: batchedWriter((text) => written.push(text), flushIntervalMs) };
}

it('writes the lines of a turn together at its end, and those that follow soon together later', async () => {
  const { written, lines } = gathering(1_000);
  lines.write('a\n');
  lines.write('b\n');
  expect(written).toEqual([]);
  await turn();
  lines.write('c\n');
  await turn();
  lines.write('d\n');
  await turn();
  expect(written).toEqual(['a\nb\n']);
  while (written.length < 2) await pause(20);
  expect(written[1]).toBe('c\nd\n');
});

it('writes a line at the end of its turn where the last is long ago', async () => {
  const { written, lines } = gathering(10);
  for (const line of ['a\n', 'b\n']) {
    lines.write(line);
    await turn();
    expect(written.at(-1)).toBe(line);
    await pause(30);
  }
});

it('writes the waiting lines on flush, and once', async () => {
  const { written, lines } = gathering(100);
  lines.write('a\n');
  lines.flush();
  await turn();
  lines.write('b\n');
  lines.flush();
  await pause(200);
  expect(written).toEqual(['a\n', 'b\n']);
});

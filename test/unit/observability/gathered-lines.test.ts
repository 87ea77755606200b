import { setTimeout as pause } from 'node:timers/promises';
import { gatheredLines } from '../../../src/observability/gathered-lines.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('writes the lines of a turn together at its end, and those of the time after it together then', async () => {
  const written: string[] = [];
  const lines = gatheredLines((text) => written.push(text), 200);
  lines.write('a\n');
  lines.write('b\n');
  expect(written).toEqual([]);
  await turn();
  expect(written).toEqual(['a\nb\n']);
  lines.write('c\n');
  await turn();
  lines.write('d\n');
  await turn();
  expect(written).toHaveLength(1);
  await pause(500);
  expect(written).toEqual(['a\nb\n', 'c\nd\n']);
  lines.write('e\n');
  await turn();
  expect(written.at(-1)).toBe('e\n');
});

it('writes what waits when it is told to, and once', async () => {
  const written: string[] = [];
  const lines = gatheredLines((text) => written.push(text), 200);
  lines.write('a\n');
  lines.flush();
  await turn();
  lines.write('b\n');
  lines.flush();
  await pause(300);
  expect(written).toEqual(['a\n', 'b\n']);
});

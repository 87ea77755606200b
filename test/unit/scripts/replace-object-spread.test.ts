import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { transformSync } from 'esbuild';

interface Script {
  readonly CHEAP_SPREADS: string;
  readonly spreadCheaply: (file: string) => void;
}
const { CHEAP_SPREADS, spreadCheaply } = (await import(
  new URL('../../../scripts/bundle/replace-object-spread.js', import.meta.url).href
)) as Script;

const CASES = `
const parsed = JSON.parse('{"__proto__": {"admin": true}, "b": 2}');
const symbol = Symbol.for('s');
let calls = 0;
const counted = { get n() { calls += 1; return calls; } };
result = [
  { ...{ a: 1 }, z: 2 }, { ...{ a: 1 }, a: 2 }, { a: 0, ...{ a: 1 }, ...{ b: 2 } }, { ...null, ...undefined, ...'ab', z: 1 },
  { ...parsed, z: 1 }, ({ ...parsed, z: 1 }).admin, { ...{ [symbol]: 1 }, z: 1 },
  { ...counted, z: 1 }, { ...{ a: 1 }, get later() { return calls; } },
];
calls = 100;
const { a, ...rest } = result[0];
result = result.map((one) => [Object(one) === one ? Object.getPrototypeOf(one) === Object.prototype : one, Object.entries(Object.getOwnPropertyDescriptors(Object(one))).map(
  ([name, { value, get }]) => [name, value, get?.call(one)]), Object.getOwnPropertySymbols(Object(one)).length]).concat([[rest]]);
`;

const resultOf = (code: string): unknown => JSON.parse(JSON.stringify(runInNewContext(`let result; ${code}; result`)));

test('spreads in the bundle have the same results as in the source', () => {
  const directory = mkdtempSync(join(tmpdir(), 'spreads-'));
  try {
    const file = join(directory, 'bundle.js');
    const { code } = transformSync(CASES, { target: 'node20', supported: { 'object-rest-spread': false }, banner: CHEAP_SPREADS });
    writeFileSync(file, code);
    spreadCheaply(file);
    const cheap = readFileSync(file, 'utf8');
    expect(cheap).toHaveLength(code.length);
    expect(resultOf(cheap)).toEqual(resultOf(CASES));
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('fails if esbuild replaces spreads by something else', () => {
  const directory = mkdtempSync(join(tmpdir(), 'spreads-'));
  try {
    const file = join(directory, 'bundle.js');
    writeFileSync(file, 'const a = { ...{ b: 1 }, c: 2 };');
    expect(() => spreadCheaply(file)).toThrow('does not spread objects as it did');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../../../scripts/compare-schema.js', import.meta.url));
const RELEASED = `
  type Query { old: String @deprecated(reason: "Use now."), now(limit: Int): String! }
  enum State { A B }
`;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'schema-test-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function compare(after: string): { status: number | null; printed: string } {
  const [old, young] = [join(directory, 'old.graphql'), join(directory, 'young.graphql')];
  writeFileSync(old, RELEASED);
  writeFileSync(young, after);
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT, old, young], { encoding: 'utf8' });
  return { status, printed: stderr };
}

it.each([
  ['a field that goes away', RELEASED.replace('now(limit: Int): String!', ''), 'now'],
  ['a field that may be null', RELEASED.replace('String!', 'String'), 'now'],
  ['an argument that becomes required', RELEASED.replace('limit: Int', 'limit: Int!'), 'limit'],
  ['an argument of another type', RELEASED.replace('limit: Int', 'limit: String'), 'limit'],
  ['an enum value that goes away', RELEASED.replace('A B', 'A'), 'B'],
])('fails on %s, and names it', (_what, after, name) => {
  const { status, printed } = compare(after);
  expect(status).toBe(1);
  expect(printed).toMatch(new RegExp(`^breaking: .*${name}`, 'm'));
});

it('passes additions, and reports the removal of what was deprecated', () => {
  expect(compare(RELEASED.replace('old: String', 'young: Int, old: String'))).toEqual({ status: 0, printed: '' });
  expect(compare(RELEASED.replace(/old: String .*?,/, ''))).toEqual({ status: 0, printed: expect.stringMatching(/^dangerous: .*old/) });
});

it('reports a new enum value, and passes it', () => {
  expect(compare(RELEASED.replace('A B', 'A B C'))).toEqual({ status: 0, printed: expect.stringMatching(/^dangerous: .*C/) });
});

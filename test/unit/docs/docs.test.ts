import { readFileSync, readdirSync } from 'node:fs';
import * as errors from '../../../src/domain/errors.js';
import { encodePosition } from '../../../src/events/port/cursor.js';
import { FORMAT } from '../../../src/events/redis/log-identity.js';
import { FORMAT_VERSION } from '../../../src/events/sqlite/schema.js';
import { UserErrorCode } from '../../../src/schema/user-error-code.js';
import { SETTING_READERS } from '../../support/deployed-settings.js';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
/** The first cell of each row of the table under a heading, without the backticks. */
const firstCells = (markdown: string, heading: string) =>
  (markdown.split(`## ${heading}`)[1]?.split('\n## ')[0] ?? '').split('\n').flatMap((row) => {
    const cell = /^\| (`.+?) +\|/.exec(row)?.[1];
    return cell === undefined ? [] : [...cell.matchAll(/`([A-Z_]+)`/g)].map((match) => match[1]);
  });

describe('docs/errors.md', () => {
  it('lists every error code, and no others', () => {
    expect(firstCells(read('docs/errors.md'), 'Which codes can a GraphQL error have?').sort()).toEqual([...errors.ERROR_CODES].sort());
  });

  it('names every code of userErrors', () => {
    const section = read('docs/errors.md').split('## `userErrors`')[1]?.split('\n## ')[0] ?? '';
    expect([...section.matchAll(/`([A-Z_]+)`/g)].map((match) => match[1]).sort()).toEqual(Object.keys(UserErrorCode).sort());
  });
});

it.each([
  ['docs/configuration.md', /This release writes format (\d+)/],
  ['docs/upgrading.md', /\| log in Redis +\| (\d+) /],
  ['docs/upgrading.md', /do not start on format (\d+)/],
])('%s names the format of the log in Redis (%s)', (page, pattern) => {
  expect(pattern.exec(read(page))?.[1]).toBe(FORMAT);
});

describe('docs/configuration.md', () => {
  it('lists every variable that is read, and no others', () => {
    const readOnes = SETTING_READERS.map(read).flatMap((text) => [
      ...text.matchAll(/read\.\w+\('([A-Z_]+)'/g),
      ...text.matchAll(/environment\['([A-Z_]+)'\]/g),
    ]);
    const listed = read('docs/configuration.md').split('## Which endpoints')[0] ?? '';
    const rows = listed
      .split('\n')
      .flatMap((row) => [...(/^\| (.+?) +\|/.exec(row)?.[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map((match) => match[1]));
    expect([...new Set(rows)].sort()).toEqual([...new Set(readOnes.map((match) => match[1]))].sort());
  });
});

describe('docs/architecture.md', () => {
  const listed = (read('docs/architecture.md').split('## Dependencies')[1] ?? '').split('\n').flatMap((row) => {
    const cell = /^\| (`.+?) +\|/.exec(row)?.[1] ?? '';
    return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  });

  it('says what every package is for that the sources import, bundled or not', () => {
    expect([...listed].sort()).toEqual([...importedPackages()].sort());
  });

  it('names the packages that are not bundled: those that are installed with this one', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    const notBundled = NOT_BUNDLED.exec(read('scripts/bundle-script.js'))?.[1] ?? '';
    expect(listed.filter((name) => notBundled.includes(`'${name}'`))).toEqual(Object.keys(dependencies));
  });
});

const NOT_BUNDLED = /external: \[(.*?)\]/;

/** Packages that a file below `src` imports, also types alone. */
function importedPackages(): Set<string> {
  const files = readdirSync(new URL('../../../src', import.meta.url), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const specifiers = files.flatMap((name) =>
    [...read(`src/${name}`).matchAll(/(?:from |import\(|^import )'([^'.][^']*)'/gm)].map(([, from = '']) => from),
  );
  return new Set(specifiers.filter((name) => !name.startsWith('node:')).map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name));
}

describe('docs/schema-promise.md', () => {
  it('names the formats that are stored, and the version from which they are frozen', () => {
    const rows = [...read('docs/schema-promise.md').matchAll(/^\| ([^|]+?) +\| +(\d+) \|/gm)].map(([, what, format]) => [what, format]);
    const [cursorFormat] = Buffer.from(encodePosition('all', 'epoch', '1'), 'base64url')
      .toString()
      .split(' ');
    expect(rows).toEqual([
      ['event log on disk', String(FORMAT_VERSION)],
      ['event log in Redis', FORMAT],
      ['cursors that clients may store', cursorFormat],
    ]);
  });

  it('is kept from the version on that the packages have, or an earlier one', () => {
    expect(read('docs/schema-promise.md')).toMatch(/from 1\.0\.0-rc\.1 on, released on \d+ \w+ \d{4}/);
    const versions = ['package.json', 'client/package.json'].map((path) => (JSON.parse(read(path)) as { version: string }).version);
    expect(new Set(versions).size).toBe(1);
  });
});

describe('the decision records', () => {
  it('are numbered without a gap', () => {
    const numbers = readdirSync(new URL('../../../docs/adr', import.meta.url)).map((name) => Number(name.slice(0, 4)));
    expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
  });
});

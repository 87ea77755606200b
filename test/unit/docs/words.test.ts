import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Words that hide what is meant, each with what to write instead. */
const REJECTED: readonly (readonly [pattern: string, instead: string])[] = [
  ['tell|tells|told|telling', 'report, deliver, log, return, say'],
  ['deeds?', 'event, call'],
  ['comes to|came to', 'result, outcome'],
  ['at once', 'synchronously, in parallel, immediately'],
  ['for good', 'permanently'],
  ['under way|in hand', 'in flight'],
  ['put off', 'deferred'],
  ['turned away|turns away', 'rejected'],
  ['no good', 'invalid'],
];
/** How often the words of a row may stand, all files together. Lower a limit whenever fewer are left. */
const LIMITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  // `deed` is a key of the output of `setup --json`, which stays.
  source: { 'tell|tells|told|telling': 20, 'deeds?': 2 },
  documentation: {},
};
const CORPORA: Readonly<Record<string, readonly string[]>> = {
  source: ['src'],
  documentation: ['docs', 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'client/README.md', 'client/src', 'examples'],
};
const EXCLUDED = /node_modules|\/dist\/|\/generated\/|__generated__|package-lock/;
const TEXT_FILE = /\.(md|tsx?|js|graphql|sh|html)$/;

const root = fileURLToPath(new URL('../../../', import.meta.url));

function filesIn(path: string): string[] {
  if (TEXT_FILE.test(path)) return [path];
  const entries = readdirSync(join(root, path), { recursive: true, encoding: 'utf8' });
  return entries.map((name) => join(path, name)).filter((name) => TEXT_FILE.test(name) && !EXCLUDED.test(`/${name}`));
}

/** Each match as `file:line: words`. Comments may break lines within a phrase. */
function matchesIn(file: string, pattern: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const words = new RegExp(`\\b(?:${pattern.replaceAll(' ', '\\s+(?:\\*\\s+)?')})\\b`, 'gi');
  return [...text.matchAll(words)].map(({ 0: match, index }) => {
    const line = text.slice(0, index).split('\n').length;
    return `${relative(root, join(root, file))}:${line}: ${match.replace(/\s+/g, ' ')}`;
  });
}

describe.each(Object.entries(CORPORA))('the %s', (corpus, paths) => {
  const files = paths.flatMap(filesIn);

  it('is found', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it.each(REJECTED)('says "%s" no more often than allowed (instead: %s)', (pattern) => {
    const found = files.flatMap((file) => matchesIn(file, pattern));
    const limit = LIMITS[corpus]?.[pattern] ?? 0;
    expect(found.length > limit ? found : []).toEqual([]);
  });
});

import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Words that hide what is meant, as regular expressions, each with what to write instead. */
const REJECTED = Object.entries(
  JSON.parse(readFileSync(new URL('../../../scripts/banned-words.json', import.meta.url), 'utf8')) as Record<string, string>,
);
/** What stays: `deed` is a key of the output of `setup --json`. */
const ALLOWED: Readonly<Record<string, readonly RegExp[]>> = {
  'src/cli/setup.ts': [/^deed$/],
  'test/integration/setup-and-doctor.test.ts': [/^deed$/],
  'test/unit/docs/words.test.ts': [/^deed$/],
};
const CORPORA: Readonly<Record<string, readonly string[]>> = {
  source: ['src'],
  documentation: ['docs', 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'client/README.md', 'client/src', 'examples'],
  tests: ['test', 'bench', 'scripts'],
};
const EXCLUDED = /node_modules|\/fixtures\/|\/dist\/|\/generated\/|__generated__|package-lock/;
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
  const words = new RegExp(pattern.replaceAll('\\s+', '\\s+(?:(?:\\*|//)\\s+)?'), 'gim');
  const allowed = ALLOWED[file] ?? [];
  return [...text.matchAll(words)]
    .filter(([match]) => !allowed.some((each) => each.test(match)))
    .map(({ 0: match, index }) => {
      const line = text.slice(0, index).split('\n').length;
      return `${relative(root, join(root, file))}:${line}: ${match.replace(/\s+/g, ' ')}`;
    });
}

describe.each(Object.entries(CORPORA))('the %s', (_corpus, paths) => {
  const files = paths.flatMap(filesIn);

  it('is found', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it.each(REJECTED)('uses no %s (instead: %s)', (pattern) => {
    expect(files.flatMap((file) => matchesIn(file, pattern))).toEqual([]);
  });
});

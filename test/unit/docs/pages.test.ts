import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name));
const PAGES = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'client/README.md',
  'examples/web-chat/README.md',
  ...inDocs.filter((name) => name.endsWith('.md')),
];

const textOf = (page: string) => readFileSync(join(root, page), 'utf8').replace(/```.*?```/gs, '');

/** As GitHub derives anchors from headings. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
const anchorsOf = (page: string) => new Set([...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading)));

function isBroken(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, target))) return true;
  return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor);
}

describe('relative links', () => {
  it.each(PAGES)('of %s lead to files and headings', (page) => {
    const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !/^[a-z]+:/.test(link) && isBroken(page, link))).toEqual([]);
  });
});

/** Paths in backticks, below the root or below `src`. */
const CODE_PATH =
  /`((?:src|test|scripts|bench|auth|composition|context|datasources|domain|events|observability|resolvers|transport|webhooks)\/[\w\-./]+\.(?:ts|js))`/g;

describe('paths of files', () => {
  it.each(PAGES.filter((page) => !page.startsWith('examples/')))('in %s exist', (page) => {
    const paths = [...textOf(page).matchAll(CODE_PATH)].map(([, path = '']) => path);
    // Shown as examples, not there.
    const invented = ['src/schema/conversation-tagged.ts'];
    expect(
      paths.filter((path) => !invented.includes(path) && !existsSync(join(root, path)) && !existsSync(join(root, 'src', path))),
    ).toEqual([]);
  });
});

describe('sequence diagrams', () => {
  // Mermaid reads a semicolon as the end of a statement, and then shows an error instead of the diagram.
  it.each(PAGES)('in %s have no semicolons', (page) => {
    const diagrams = readFileSync(join(root, page), 'utf8').match(/```mermaid\nsequenceDiagram.*?```/gs) ?? [];
    expect(diagrams.flatMap((diagram) => diagram.split('\n')).filter((line) => line.includes(';'))).toEqual([]);
  });
});

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const PAGES = ['runbook', 'deploying', 'proxies', 'upgrading', 'backups', 'metrics'].map((name) => `docs/${name}.md`);

const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => read(join('src', name)))
  .join('\n');

describe('what operators are to look for', () => {
  it.each(PAGES)('in %s: metrics are listed in docs/metrics.md', (page) => {
    const listed = new Set([...read('docs/metrics.md').matchAll(/^\| `(gateway_\w+)`/gm)].map(([, name]) => name));
    const named = [...read(page).matchAll(/\b(gateway_[a-z_]+?)(?:_count|_sum|_bucket)?\b/g)].map(([, name]) => name);
    expect(named.filter((name) => !listed.has(name))).toEqual([]);
  });

  it('in the runbook: log lines and reasons are those of the source', () => {
    const quoted = [...read('docs/runbook.md').matchAll(/log (?:line|has) `([^`]+)`|begins with `([^`]+)`/g)].map(
      ([, line, start]) => line ?? start ?? '',
    );
    expect(quoted).toContain('event log not ready');
    expect(quoted.filter((line) => !source.includes(line))).toEqual([]);
  });

  it('in the runbook: every reason to reject a webhook', () => {
    const [, reasons = ''] = /const REASONS[^{]*\{(.*?)\}/s.exec(read('src/composition/webhook-intake.ts')) ?? [];
    const all = [...reasons.matchAll(/'?([\w-]+)'?: true/g)].map(([, reason = '']) => reason);
    expect(all).toHaveLength(11);
    expect(all.filter((reason) => !read('docs/runbook.md').includes(`\`${reason}\``))).toEqual([]);
  });

  it('names settings that there are', () => {
    const known = read('docs/configuration.md');
    const named = PAGES.flatMap((page) => [...read(page).matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`/g)].map(([, name = '']) => name));
    const codes =
      read('docs/errors.md') +
      read('deploy/proxies/nginx.conf.template') +
      read('deploy/proxies/haproxy.cfg') +
      read('deploy/proxies/Caddyfile');
    expect(
      named.filter(
        (name) => !known.includes(`\`${name}\``) && !known.includes(`\`${name.replace(/_FILE$/, '')}\``) && !codes.includes(name),
      ),
    ).toEqual([]);
  });
});

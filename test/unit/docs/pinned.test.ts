import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';

const packageFile = new URL('../../../package.json', import.meta.url);

describe('js-yaml', () => {
  // Why: test/support/vendor-contract.ts.
  it('stays at version 4, which reads the indentation of the vendor', () => {
    const { devDependencies } = JSON.parse(readFileSync(packageFile, 'utf8')) as { devDependencies: Record<string, string> };
    expect(devDependencies['js-yaml']).toMatch(/^4\.\d+\.\d+$/);
    expect(load('key:\n  description: "one\n  two"\n')).toEqual({ key: { description: 'one two' } });
  });
});

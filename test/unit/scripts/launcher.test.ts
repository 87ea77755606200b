import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../../scripts/launcher', import.meta.url));
/** Reports what V8 made of the code cache, of which the launcher itself says nothing. */
const REPORTING = `
const vm = require('node:vm');
vm.Script = class extends vm.Script {
  constructor(...args) {
    super(...args);
    console.log('code cache ' + (this.cachedDataRejected ? 'rejected' : 'used'));
  }
};
require('node:module').syncBuiltinESMExports();
`;

let directory: string;
const at = (...names: string[]) => join(directory, ...names);
/** Runs a bundle of one line as `npm start` runs the real one. */
const launch = (...flags: string[]) =>
  execFileSync(process.execPath, [...flags, '-r', at('reporting.cjs'), at('dist/main.js')], { encoding: 'utf8' });

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'launcher-'));
  mkdirSync(at('dist'));
  writeFileSync(at('package.json'), '{ "type": "module" }');
  writeFileSync(at('reporting.cjs'), REPORTING);
  writeFileSync(at('dist/gateway.cjs'), "console.log('it runs');");
  cpSync(LAUNCHER, at('scripts/launcher'), { recursive: true });
  cpSync(join(LAUNCHER, 'main.js'), at('dist/main.js'));
  const writing = fork(at('scripts/launcher/write-code-cache.js'), { stdio: 'ignore' });
  writing.send('keep');
  await once(writing, 'exit');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('runs the bundle with the code cache of the build', () => {
  expect(launch()).toBe('code cache used\nit runs\n');
});

it('uses the code cache whatever the size of the young generation, on each version of Node', () => {
  expect(launch('--max-semi-space-size=32')).toBe('code cache used\nit runs\n');
  expect(launch('--max-semi-space-size=64')).toBe('code cache used\nit runs\n');
});

it('runs the bundle without the code cache if that is of another V8', () => {
  writeFileSync(at('dist/gateway.code'), 'of another V8');
  expect(launch()).toBe('code cache rejected\nit runs\n');
});

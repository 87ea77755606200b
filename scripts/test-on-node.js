// Runs tests on another version of Node, installed from npm's `node` package into a separate folder.
//   npm run test:node -- VERSION [PATH...]    the tests at these paths; by default unit and contract tests and the conversation lifecycle
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const DEFAULT = ['test/unit', 'test/contract', 'test/integration/conversation-lifecycle.test.ts'];

const [version, ...paths] = process.argv.slice(2);
if (version === undefined || !/^[\w.^~-]+$/.test(version)) {
  console.error('usage: npm run test:node -- VERSION [PATH...], for example 24');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'test-on-node-'));
try {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const installed = run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `node@${version}`], folder);
  if (installed !== 0) throw new Error(`node@${version} could not be installed`);
  const node = join(folder, 'node_modules/node/bin/node');
  run(node, ['--version'], root);
  const jest = ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js')];
  process.exitCode = run(node, [...jest, ...(paths.length > 0 ? paths : DEFAULT)], root);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(command, args, cwd) {
  return spawnSync(command, args, { cwd, stdio: 'inherit' }).status ?? 1;
}

// `npm start` in a fresh checkout: builds if there is no build, or one older than the sources. The code cache is the last file that a build writes.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const changed = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const newestSource = Math.max(
  changed(join(root, 'tsconfig.json')),
  ...['bundle.js', 'bundle-script.js', 'bundle/replace-object-spread.js'].map((file) => changed(join(root, 'scripts', file))),
  changed(join(root, 'package-lock.json')),
  ...readdirSync(join(root, 'src'), { recursive: true }).map((file) => changed(join(root, 'src', file))),
);

if (changed(join(root, 'dist/gateway.code')) < newestSource) {
  const run = (...script) => execFileSync(process.execPath, script, { stdio: 'inherit' });
  run(join(root, 'node_modules/typescript/bin/tsc'), '-p', root);
  run(join(root, 'scripts/bundle.js'));
}

// `npm start` in a fresh checkout: builds if there is no build, or one older than the sources. The code cache is the last file that a build writes. A demo chat
// that alone is out of date is built alone.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changed, newestIn } from './build-example.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => join(root, path);
const newest = (...paths) => Math.max(...paths.map((path) => changed(at(path))));

const newestSource = Math.max(
  newest('tsconfig.json', 'package-lock.json', 'scripts/bundle.js', 'scripts/bundle-script.js'),
  ...['src', 'scripts/bundle', 'scripts/launcher'].map((folder) => newestIn(at(folder))),
);
const newestOfDemo = Math.max(
  newest('client/package.json', 'examples/web-chat/index.html'),
  newestIn(at('client/src')),
  newestIn(at('examples/web-chat/src')),
);

if (changed(at('dist/gateway.code')) < newestSource) {
  const compiler = at('node_modules/typescript/bin/tsc');
  if (!existsSync(compiler)) {
    console.error('There is no current build, and a build needs the development dependencies: run npm ci without --omit=dev.');
    process.exit(1);
  }
  console.error('Building, once after a change of the sources; this takes a moment …');
  const run = (...script) => execFileSync(process.execPath, script, { stdio: 'inherit' });
  run(compiler, '-p', root);
  run(at('scripts/bundle.js'));
} else if (changed(at('dist/demo/index.html')) < newestOfDemo && existsSync(at('node_modules/esbuild'))) {
  const { bundleDemoChat } = await import('./bundle/demo-chat.js');
  await bundleDemoChat('dist/demo');
}

// Builds the demo chat, which `npm start` then serves at /demo/: installs its packages where they are missing, and does nothing where it is built already. With
// `--for-tests` only where its packages are there, or CI=true: tests of it are skipped elsewhere.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const chat = fileURLToPath(new URL('../examples/web-chat', import.meta.url));
const client = fileURLToPath(new URL('../client', import.meta.url));
const changed = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const sources = [join(chat, 'src'), join(client, 'src')].flatMap((directory) =>
  readdirSync(directory, { recursive: true }).map((file) => join(directory, file)),
);
const settings = ['index.html', 'vite.config.ts', 'tsconfig.json', 'package-lock.json'].map((file) => join(chat, file));
const npm = (...args) => execFileSync('npm', args, { cwd: chat, stdio: ['ignore', 'inherit', 'inherit'] });
const isWanted = !process.argv.includes('--for-tests') || process.env.CI === 'true' || existsSync(join(chat, 'node_modules'));

if (isWanted && changed(join(chat, 'node_modules/.package-lock.json')) < changed(join(chat, 'package-lock.json'))) npm('ci');
if (isWanted && changed(join(chat, 'dist/index.html')) < Math.max(...[...sources, ...settings].map(changed))) npm('run', 'build');

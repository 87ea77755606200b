// Runs the checks of `npm run check` that precede the tests, in parallel, since each uses one core only. Prints the output of each when it ends; exits with 1 if one has failed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const npm = (script) => ['npm', 'run', '--silent', script];
/** Longest first. CI also prepares the examples here: installing their packages waits for the network, not for a core. */
const waiting = [
  npm('check:lint'),
  npm('check:schema'),
  ['node', 'scripts/build-chat.js', '--for-tests'],
  npm('check:types'),
  npm('check:format'),
  ['node', 'scripts/build-recipes.js', '--for-tests'],
  ['node', 'scripts/build-federation.js', '--for-tests'],
  npm('check:operations'),
];

async function run(command) {
  const since = Date.now();
  const child = spawn('sh', ['-c', 'exec "$@" 2>&1', 'sh', ...command], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  console.log(`${code === 0 ? 'done' : 'FAILED'}: ${command.join(' ')}, ${((Date.now() - since) / 1000).toFixed(0)} s\n${said}`);
  if (code !== 0) process.exitCode = 1;
}

async function runThoseWaiting() {
  for (let command = waiting.shift(); command !== undefined; command = waiting.shift()) await run(command);
}

await Promise.all(Array.from({ length: availableParallelism() }, runThoseWaiting));

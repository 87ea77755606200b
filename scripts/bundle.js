// Bundles what tsc has built into dist/, with the code that V8 made of it when it first ran: a start then compiles next to nothing
// (docs/adr/0006-bundle-and-code-cache.md).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { CHEAP_SPREADS, spreadCheaply } from './spread-cheaply.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const shared = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  // What stands for spreads then is made cheap below.
  supported: { 'object-rest-spread': false },
  sourcemap: true,
  // Shown in errors, and asked for by type-graphql.
  keepNames: true,
  // V8 holds the text for as long as the process lives. Without its comments it is a third smaller, and of ASCII only, of which V8 keeps a byte for each character instead of two.
  minifyWhitespace: true,
  lineLimit: 200,
  legalComments: 'external',
  // A native module, and one that type-graphql asks for only where it is used.
  external: ['libsql', 'class-validator'],
  logLevel: 'warning',
};

rmSync(`${root}dist`, { recursive: true, force: true });
await Promise.all([
  // Only a script, not an ES module, can be handed its code on Node 20.
  build({
    ...shared,
    entryPoints: { gateway: 'build/main.js' },
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    define: { 'import.meta.url': 'fileUrl' },
    banner: { js: CHEAP_SPREADS + "const fileUrl = require('node:url').pathToFileURL(__filename).href;" },
  }),
  build({
    ...shared,
    entryPoints: { worker: 'build/events/embedded/worker.js' },
    format: 'esm',
    banner: { js: CHEAP_SPREADS + "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
  }),
]);
for (const name of ['main.js', 'cli.js']) copyFileSync(join(root, 'scripts/launcher', name), join(root, 'dist', name));
for (const name of ['gateway.cjs', 'worker.js']) {
  nameOnlyClasses(join(root, 'dist', name));
  spreadCheaply(join(root, 'dist', name));
}
await keepCode();

/**
 * esbuild gives every function its name anew each time that it is made, which takes a twentieth of the time of a webhook. Only names of classes are asked for, by type-graphql
 * and in errors: they name themselves in a block of their own.
 */
function nameOnlyClasses(file) {
  const naming = /var __name=(\(target,value\)=>[^;]*;)/;
  const code = readFileSync(file, 'utf8');
  if (!naming.test(code)) throw new Error(`${file} does not name functions as it did`);
  if (/[^\0-\x7f]/.test(code)) throw new Error(`${file} is not of ASCII only`);
  writeFileSync(
    file,
    // Of the same length, so that the source map stays true.
    code.replaceAll('__name(this,', '__nams(this,').replace(naming, 'var __name=(target)=>target;var __nams=$1'),
  );
}

/** Starts the gateway once, asks it something, and has it keep the code that it has compiled until then. */
async function keepCode() {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-build-'));
  const gateway = spawn(process.execPath, [join(root, 'scripts/launcher/keep-code.js')], {
    env: { PATH: process.env.PATH, PORT: '0', EVENT_LOG: `file:${directory}` },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  const exited = once(gateway, 'exit');
  for await (const line of createInterface({ input: gateway.stdout })) {
    const { msg, graphqlUrl } = JSON.parse(line);
    if (msg !== 'listening') continue;
    const query = '{ gateway { version } channels(first: 1) { nodes { channelId } } }';
    const asked = fetch(graphqlUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
    await (await asked).text();
    gateway.send('keep');
    break;
  }
  const [code] = await exited;
  rmSync(directory, { recursive: true, force: true });
  if (code !== 0) throw new Error(`the gateway that was just built ended with ${code}`);
}

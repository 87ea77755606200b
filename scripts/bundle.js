// Bundles what tsc has built into dist/, with the code that V8 made of it when it first ran: a start then compiles next to nothing
// (docs/adr/0006-bundle-and-code-cache.md).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleScript } from './bundle-script.js';
import { bundleDemoChat } from './bundle/demo-chat.js';
import { licensesOf } from './bundle/licenses.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** By their ES modules, of which only what is used is kept: a quarter of the size, and nothing of it is in the kept code. */
const SHAKEN = { mainFields: ['module', 'main'] };

rmSync(`${root}dist`, { recursive: true, force: true });
const metafiles = await Promise.all([
  bundleScript('build/main.js', 'dist/gateway.cjs', 'cjs'),
  bundleScript('build/events/sqlite/worker.js', 'dist/worker.js', 'esm'),
  bundleScript('build/observability/opentelemetry/open.js', 'dist/telemetry.cjs', 'cjs', SHAKEN),
  // A few lines, which spread nothing.
  build({
    absWorkingDir: root,
    entryPoints: ['build/datasources/shared/webhook-authentication/signature-worker.js'],
    outfile: 'dist/signature-worker.js',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  }),
  bundleDemoChat('dist/demo'),
]);
// esbuild has written the comments there that ask to be kept.
appendFileSync(join(root, 'dist/gateway.cjs.LEGAL.txt'), `\nBundled packages:\n\n${licensesOf(metafiles.slice(0, 3))}`);
// Altair, the GraphQL IDE, as it is published.
const altair = join(root, 'node_modules/altair-static');
cpSync(join(altair, 'build/dist'), join(root, 'dist/ide'), { recursive: true });
copyFileSync(join(altair, 'LICENSE'), join(root, 'dist/ide/LICENSE'));
for (const name of ['main.js', 'cli.js']) copyFileSync(join(root, 'scripts/launcher', name), join(root, 'dist', name));
await keepCode();

/** Starts the gateway once, asks it something, and has it keep the code that it has compiled until then. */
async function keepCode() {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-build-'));
  const gateway = spawn(process.execPath, [join(root, 'scripts/launcher/write-code-cache.js')], {
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

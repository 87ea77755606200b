// Time to an agent's first message for a new user: runs the README's blocks one by one, with an empty npm cache, and prints the time of each step. Excludes the time to
// read and paste.
//   node bench/first-message.js            from `git clone`
//   node bench/first-message.js package    from the package's tarball in an empty folder; fails beyond 60 s
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a new user of the package may be kept waiting for: a minute. */
const PACKAGE_LIMIT_MS = 60_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const fromPackage = process.argv[2] === 'package';
const directory = mkdtempSync(join(tmpdir(), 'first-message-'));
const folder = join(directory, 'folder');
const { PATH, HOME } = process.env;
const port = await freePort();
const env = { PATH, HOME, PORT: String(port), npm_config_cache: join(directory, 'npm-cache') };
const started = [];
const tarball = fromPackage ? join(directory, pack()) : null;
const begin = performance.now();
const lap = (step) => console.log(`${((performance.now() - begin) / 1_000).toFixed(1).padStart(6)} s  ${step}`);

try {
  if (fromPackage) mkdirSync(folder);
  else execFileSync('git', ['clone', '--quiet', root, folder]);
  lap(fromPackage ? 'an empty folder' : 'git clone');
  const readme = readFileSync(join(fromPackage ? root : folder, 'README.md'), 'utf8');
  const [, part = ''] = /## Run it([\s\S]*?)## Use it from/.exec(readme) ?? [];
  const blocks = [...part.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block.replaceAll('4000', port));
  const [runClone, runPackage, channels, open, follow, say] = blocks;

  const gateway = start(fromPackage ? runPackage.replace(/\S+\.tgz/, tarball) : runClone);
  await gateway.says(fromPackage ? /added \d+ packages/ : /prestart/);
  lap(fromPackage ? 'npm i' : 'npm ci');
  await gateway.says(/"listening"/);
  lap(fromPackage ? 'npx chat-graphql-gateway: it listens' : 'npm start: it listens');
  const channel = ask(channels).data.channels.nodes[0].id;
  lap('the first query');
  const { conversation, cursor } = ask(open.replace('PASTE THE CHANNEL ID', channel)).data.createConversation;
  lap('a conversation');
  // The package holds no example: its command follows as well.
  const command = fromPackage
    ? `npx chat-graphql-gateway events tail --json --url http://127.0.0.1:${port} --conversation CONVERSATION_ID --after CURSOR`
    : follow;
  const following = start(
    command
      .replace('CONVERSATION_ID', conversation.id)
      .replace('CURSOR', fromPackage ? cursor : `${cursor} ws://127.0.0.1:${port}/graphql`),
  );
  await following.says(/MessageAdded.*"AGENT"/);
  lap('an agent says hello');
  if (fromPackage && performance.now() - begin > PACKAGE_LIMIT_MS)
    throw new Error(`the first message took more than ${PACKAGE_LIMIT_MS / 1_000} s`);
  ask(say.replace('PASTE THE CONVERSATION ID', conversation.id));
  await following.says(/ConversationTransferred/);
  lap('handed over, as asked for');
} finally {
  for (const { child } of started) {
    const ended = once(child, 'exit');
    if (child.exitCode === null && process.kill(-child.pid)) await ended;
  }
  rmSync(directory, { recursive: true, force: true });
}

/** A block that keeps running; `says` resolves once its output matches. */
function start(block) {
  const child = spawn('sh', ['-c', block], { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  started.push({ child });
  return {
    async says(pattern) {
      while (!pattern.test(output)) {
        if (child.exitCode !== null) throw new Error(`it ended, having said:\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

/** The output of a block that exits, as JSON. */
function ask(block) {
  const answer = JSON.parse(execFileSync('sh', ['-c', block], { cwd: folder, env, encoding: 'utf8' }));
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer;
}

/** The tarball's name. */
function pack() {
  return execFileSync('npm', ['pack', '--silent', '--pack-destination', directory], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n')
    .at(-1);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address();
  server.close();
  return free;
}

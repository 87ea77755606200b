// Time from `git clone` to an agent's first message for a new user: runs the README's blocks one by one, in a fresh clone with an empty npm cache, and prints the time of
// each step. Excludes the time to read and paste.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'first-message-'));
const clone = join(directory, 'clone');
const { PATH, HOME } = process.env;
const port = await freePort();
const env = { PATH, HOME, PORT: String(port), npm_config_cache: join(directory, 'npm-cache') };
const started = [];
const begin = performance.now();
const lap = (step) => console.log(`${((performance.now() - begin) / 1_000).toFixed(1).padStart(6)} s  ${step}`);

try {
  execFileSync('git', ['clone', '--quiet', root, clone]);
  lap('git clone');
  const readme = readFileSync(join(clone, 'README.md'), 'utf8');
  const [, part = ''] = /## Run it([\s\S]*?)## Use it from/.exec(readme) ?? [];
  const [run, channels, open, follow, say] = [...part.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block.replaceAll('4000', port));

  const gateway = start(run);
  await gateway.says(/prestart/);
  lap('npm ci');
  await gateway.says(/"listening"/);
  lap('npm start: it listens');
  const channel = ask(channels).data.channels.nodes[0].id;
  lap('the first query');
  const { conversation, cursor } = ask(open.replace('PASTE THE CHANNEL ID', channel)).data.createConversation;
  lap('a conversation');
  const following = start(follow.replace('CONVERSATION_ID', conversation.id).replace('CURSOR', `${cursor} ws://127.0.0.1:${port}/graphql`));
  await following.says(/MessageAdded.*"AGENT"/);
  lap('an agent says hello');
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
  const child = spawn('sh', ['-c', block], { cwd: clone, env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
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
  const answer = JSON.parse(execFileSync('sh', ['-c', block], { cwd: clone, env, encoding: 'utf8' }));
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address();
  server.close();
  return free;
}

// Time from process start to the first query response: `npm run bench:cold-start [-- ROUNDS]`, with the build in dist/.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { NODE_ARGS } from './lib/processes.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const TIMEOUT_MS = 20_000;

/** The first queries to a new process; the second one also calls the simulator. */
const QUERIES = {
  gateway: '{ gateway { version } }',
  channels: '{ channels(first: 1) { nodes { channelId name } } }',
};

/** Times in milliseconds since the process was spawned. */
async function round(query) {
  const directory = mkdtempSync(join(tmpdir(), 'cold-start-'));
  const startedAt = performance.now();
  const gateway = spawn(process.execPath, [...NODE_ARGS, MAIN], {
    env: { PATH: process.env.PATH, PORT: '0', EVENT_LOG: `file:${directory}` },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  const exited = once(gateway, 'exit');
  try {
    const url = await graphqlUrl(gateway.stdout);
    const listening = performance.now() - startedAt;
    const { data, errors } = JSON.parse(await post(url, JSON.stringify({ query })));
    const answered = performance.now() - startedAt;
    if (!data || errors) throw new Error(`not answered well: ${JSON.stringify(errors)}`);
    return { listening, answered };
  } finally {
    gateway.kill('SIGKILL');
    await exited;
    rmSync(directory, { recursive: true, force: true });
  }
}

async function graphqlUrl(stdout) {
  for await (const line of createInterface(stdout)) {
    const { msg, graphqlUrl } = JSON.parse(line);
    if (msg === 'listening') return graphqlUrl;
  }
  throw new Error('the gateway ended without listening');
}

/** Uses a new connection, so that no round affects the next. */
function post(url, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = http.request(url, { method: 'POST', agent: false, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (text += part));
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
    request.end(body);
  });
}

function summary(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.floor(share * (sorted.length - 1))]);
  return { median: at(0.5), fastest: at(0), slowest: at(1) };
}

const rounds = Number(process.argv[2] ?? 15);
// Warm-up, not counted: it fills the disk cache.
await round(QUERIES.gateway);
const results = { listening: [] };
for (let n = 0; n < rounds; n += 1) {
  for (const [name, query] of Object.entries(QUERIES)) {
    const { listening, answered } = await round(query);
    results.listening.push(listening);
    (results[name] ??= []).push(answered);
  }
}
console.log(`milliseconds from process start, ${rounds} rounds each, Node ${process.version}`);
console.table(Object.fromEntries(Object.entries(results).map(([name, times]) => [name, summary(times)])));

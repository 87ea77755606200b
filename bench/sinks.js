// `npm run bench:sinks [-- EVENTS]`: how many stored events a second a gateway delivers to a receiver on the same machine. The log is filled first; the receiver only counts.
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteLog } from '../build/events/sqlite/open.js';

const EVENTS = Number(process.argv[2] ?? 20_000);
const CONVERSATIONS = 500;
/** Then it is measured as far as it is. */
const LIMIT_MS = 55_000;

/** User and system time of a process with its threads, where /proc has it; in ticks of 10 ms. */
function secondsOfCpu(pid) {
  try {
    const [, , , , , , , , , , , user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/\(.*\)/, '()')
      .split(' ')
      .slice(2);
    return (Number(user) + Number(system)) / 100;
  } catch {
    return NaN;
  }
}

const directory = mkdtempSync(join(tmpdir(), 'bench-sinks-'));
const log = await openSqliteLog({ directory, clock: Date.now });
await log.sinks.lease({ sink: 'bench', owner: 'bench', shards: 8, ttlMs: 1, start: log.origin('all') });
const author = { participantId: 'a1', type: 'AGENT', name: 'Ada', language: null, removed: null };
const message = { author, text: 'How can I help you with your order today?', attachments: [], cards: [] };
for (let n = 0; n < EVENTS; n += 500) {
  const appends = Array.from({ length: Math.min(500, EVENTS - n) }, (_, index) => {
    const times = { occurredAt: new Date(), receivedAt: new Date() };
    const event = { id: `e${n + index}`, conversationId: `c${index % CONVERSATIONS}`, source: 'WEBHOOK', type: 'MESSAGE_ADDED' };
    return log.append({ ...event, ...times, data: { message, isEcho: false } });
  });
  await Promise.all(appends);
}
await log.close();

let received = 0;
let firstAt = 0;
let lastAt = 0;
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    received += 1;
    lastAt = performance.now();
    if (received === 1) firstAt = lastAt;
    response.writeHead(204).end();
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const sinks = [
  {
    name: 'bench',
    url: `http://127.0.0.1:${server.address().port}/`,
    secret: `whsec_${randomBytes(32).toString('base64')}`,
    allowPrivate: true,
  },
];
writeFileSync(join(directory, 'sinks.json'), JSON.stringify(sinks));
const gateway = spawn(process.execPath, [fileURLToPath(new URL('../dist/main.js', import.meta.url))], {
  env: {
    PATH: process.env.PATH,
    PORT: '0',
    EVENT_LOG: `file:${directory}`,
    SINKS_FILE: join(directory, 'sinks.json'),
    LOG_LEVEL: 'error',
  },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const startedAt = performance.now();
while (received < EVENTS && performance.now() - startedAt < LIMIT_MS) await new Promise((resolve) => setTimeout(resolve, 20));
const cpuSeconds = secondsOfCpu(gateway.pid);
const seconds = (lastAt - firstAt) / 1_000;
const [{ model }] = cpus();
console.log(
  `${received} of ${EVENTS} events in ${seconds.toFixed(1)} s: ${Math.round(received / seconds)} events/s, ${Math.round((cpuSeconds / received) * 1e6)} µs of the gateway's CPU each, its start included (${cpus().length} × ${model})`,
);
gateway.kill('SIGTERM');
await once(gateway, 'exit');
server.closeAllConnections();
server.close();
rmSync(directory, { recursive: true });

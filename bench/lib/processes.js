// Servers as child processes: starts, measures and stops them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const TICKS_PER_SECOND = 100;
/** The Node options of `npm start`. */
const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
export const NODE_ARGS = scripts.start.split(' ').slice(1, -1);
export const pathOf = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

/**
 * Starts `node script`, and waits for its JSON line with `msg: "listening"`. Its log output is discarded. `stop()` ends it.
 */
export async function startServer(script, { env = {}, args = [], nodeArgs = [] } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const child = spawn(process.execPath, [...nodeArgs, script, ...args], {
    env: { PATH: process.env.PATH, PORT: '0', EVENT_LOG: `file:${directory}`, RATE_LIMIT: 'off', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const addresses = await Promise.race([
    new Promise((resolve) => {
      const onLine = (line) => {
        const fields = JSON.parse(line);
        if (fields.msg === 'listening') resolve(fields);
      };
      lines.on('line', onLine);
    }),
    exited.then(([code]) => {
      throw new Error(`${script} ended with ${code} before it listened`);
    }),
  ]);
  lines.close();
  child.stdout.resume();
  return {
    ...addresses,
    pid: child.pid,
    usage: () => usageOf(child.pid),
    /** For short rounds: as `usage`, of threads that are there, with a clock that is finer. */
    fineUsage: () => ({ ...usageOf(child.pid), cpuSeconds: cpuMicroseconds(child.pid) / 1e6 }),
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await exited;
      clearTimeout(timer);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** CPU seconds spent so far, by all threads, and resident memory in bytes, of one process. */
export function usageOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name stands in brackets and may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, rssBytes: Number(kilobytes) * 1024 };
}

/** CPU spent so far by the threads that a process has now, in microseconds: for short runs, of which `usageOf` would see a few ticks. */
export function cpuMicroseconds(pid) {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'));
  return threads.reduce((sum, stat) => sum + Number(stat.split(' ')[0]), 0) / 1_000;
}

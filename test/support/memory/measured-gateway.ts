import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
const MEBIBYTE = 1_048_576;

/** The gateway as `npm start` runs it, in a process of its own whose memory can be looked at; on Linux only, by `/proc`. */
export class MeasuredGateway {
  private constructor(
    private readonly child: ChildProcess,
    readonly graphqlUrl: string,
  ) {}

  /** @param settings its environment */
  static async start(settings: Readonly<Record<string, string>>): Promise<MeasuredGateway> {
    const env = { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', ...settings };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface(child.stdout)) {
      const { msg, graphqlUrl } = JSON.parse(line) as { msg: string; graphqlUrl: string };
      if (msg !== 'listening') continue;
      // Read on, lest it waits for its lines to be taken.
      child.stdout.resume();
      return new MeasuredGateway(child, graphqlUrl);
    }
    throw new Error('the gateway ended before it listened');
  }

  /** The most memory that it has had so far (heap, buffers and all), in MiB. */
  get peakMebibytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return (Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / MEBIBYTE;
  }

  async stop(): Promise<void> {
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    await closed;
  }
}

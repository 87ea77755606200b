import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RedisSettings } from '../../src/event-log-config.js';
import { parseRedisUrl } from '../../src/events/redis/redis-url.js';
import { portToKeep } from './crash/gateway-process.js';
import { limitFiles } from './limit-files.js';

export const HOW_TO_GET_REDIS = 'apt-get install redis-server';
/** The program that most tests run over; `REDIS_SERVER=/path/to/valkey-server` runs them over another. */
export const PROGRAM = process.env['REDIS_SERVER'] ?? 'redis-server';

/** A Redis of our own on a free port of the loopback interface, with its data in a directory of its own. Can be killed, and started again over what it has stored. */
export class RedisServer {
  #child: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    readonly directory: string,
    private readonly program: string,
    private readonly settings: readonly string[],
  ) {}

  /** `settings`: as on its command line, `--appendfsync always` say. By default it writes its file without waiting for the disk. */
  static start(...settings: readonly string[]): Promise<RedisServer> {
    return RedisServer.startProgram(PROGRAM, ...settings);
  }

  /** As `start`, of another program. */
  static async startProgram(program: string, ...settings: readonly string[]): Promise<RedisServer> {
    const directory = await mkdtemp(join(tmpdir(), 'redis-'));
    for (;;) {
      const server = new RedisServer(await portToKeep(), directory, program, settings);
      if (await server.restart()) return server;
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Settings of a gateway that requires a durable log. */
  get asLog(): RedisSettings {
    const target = parseRedisUrl(this.url);
    if (target === null) throw new Error('no address of a Redis');
    return { target, prefix: 'chat', partitions: null, requireDurable: true, declaredDurable: false, replicas: 0 };
  }

  /** Starts it, or starts it again; false where the port was taken in between. */
  async restart(): Promise<boolean> {
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.directory, '--save', '', '--appendonly', 'yes'];
    // A file that may not grow is to fail it, as a full disk does, and not to kill it.
    const command = ['-c', 'trap "" XFSZ; exec "$@"', 'sh', this.program, ...settings, '--appendfsync', 'no', ...this.settings];
    const child = spawn('sh', command, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    for await (const line of createInterface(child.stdout)) {
      if (!line.includes('Ready to accept connections')) continue;
      // Read on, lest it waits for its lines to be taken.
      child.stdout.resume();
      return true;
    }
    return false;
  }

  /** Lets no file of it grow beyond so many bytes, as if its disk were full then. Null if there is no limit. To be asked while it runs. */
  limitFiles(bytes: number | null): Promise<void> {
    return limitFiles(this.#child?.pid, bytes);
  }

  /** Has it stand still, with its connections open, until `resume`. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it in the middle of whatever it does. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }

  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }
}

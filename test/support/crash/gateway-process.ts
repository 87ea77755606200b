import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { limitFiles } from '../limit-files.js';

const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

/** Where a running gateway is reached. */
export interface GatewayUrls {
  readonly graphqlUrl: string;
  readonly wsUrl: string;
  readonly webhookUrl: string;
}

/** The gateway as `npm start` runs it, in a process of its own that can be killed and started again. */
export class GatewayProcess {
  #child: ChildProcess | null = null;
  #over = false;
  #up = new Gate<GatewayUrls>();

  /**
   * @param settings its environment
   * @param tracer a command that runs another and keeps its process id, with its arguments
   */
  constructor(
    private readonly settings: Readonly<Record<string, string>>,
    private readonly tracer: readonly string[] = [],
  ) {}

  /** Resolves once requests are answered, now or after the next start. */
  get listening(): Promise<GatewayUrls> {
    return this.#up.opened;
  }

  /** Starts it, or starts it again. */
  async start(): Promise<GatewayUrls> {
    if (this.#over) throw new Error('the gateway is not to run any more');
    const [command, ...args] = [...this.tracer, process.execPath, MAIN];
    const env = { PATH: process.env['PATH'], HOST: '127.0.0.1', ...this.settings };
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    const urls = await listeningLine(child);
    // Read on, lest it waits for its lines to be taken.
    child.stdout.resume();
    this.#up.open(urls);
    return urls;
  }

  /** Lets no file of it grow beyond so many bytes, as if its disk were full then. Null if there is no limit. */
  limitFiles(bytes: number | null): Promise<void> {
    return limitFiles(this.#child?.pid, bytes);
  }

  /** Ends it in the middle of whatever it does. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Lets it drain. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Kills it permanently: whoever is about to start it again cannot. */
  dispose(): Promise<void> {
    this.#over = true;
    return this.kill();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    this.#up = new Gate();
    // Not only 'exit': with its output, whoever traces it is gone as well.
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  }
}

/** Something that others wait for. */
class Gate<T> {
  open: (value: T) => void = () => undefined;
  readonly opened = new Promise<T>((resolve) => {
    this.open = resolve;
  });
}

async function listeningLine({ stdout }: { readonly stdout: NodeJS.ReadableStream }): Promise<GatewayUrls> {
  const lines = createInterface(stdout);
  try {
    for await (const line of lines) {
      const entry = JSON.parse(line) as GatewayUrls & { readonly msg: string };
      if (entry.msg === 'listening') return entry;
    }
  } finally {
    lines.close();
  }
  throw new Error('the gateway ended before it listened');
}

/**
 * A free port that a gateway can be started on again and again. Not one that the system hands out to outgoing connections: whoever knocks there while the gateway is
 * down may be given that very port to call from, and be connected to itself.
 */
export async function portToKeep(): Promise<number> {
  for (;;) {
    const server = createServer();
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Certificate } from '../certificates.js';
import { untilTrue } from '../until.js';

/** What a configuration in `deploy/proxies` is filled in with. */
export interface ProxySettings {
  readonly port: number;
  /** Empty, or the path of `PUBLIC_URL`. */
  readonly basePath: string;
  /** `host:port` of each gateway. */
  readonly gateways: readonly [string, string];
  readonly certificate: Certificate;
}

/** How to run one proxy with its configuration in `deploy/proxies`. */
export interface ProxyKind {
  readonly name: string;
  readonly program: string;
  /** Where to get it. */
  readonly how: string;
  /** Whether a reload leaves connections open that are in use. */
  readonly keepsConnections: boolean;
  /** Whether it accepts WebSockets over HTTP/2 (RFC 8441). Clients open others over HTTP/1.1. */
  readonly webSocketsOverHttp2: boolean;
  /** Writes its files into the directory; returns its arguments and environment. */
  prepare(directory: string, settings: ProxySettings): { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> };
  /** Loads its configuration again, and resolves once it is in force. */
  reload(proxy: Proxy): Promise<void>;
}

/** The path of a configuration that users are given. */
export const configuration = (name: string): string => fileURLToPath(new URL(`../../../deploy/proxies/${name}`, import.meta.url));

/** A proxy in a process of its own. */
export class Proxy {
  #output = '';

  private constructor(
    readonly directory: string,
    readonly child: ChildProcess,
    readonly env: Readonly<Record<string, string>>,
    private readonly kind: ProxyKind,
  ) {
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
  }

  /** Resolves once it accepts connections. */
  static async start(kind: ProxyKind, settings: ProxySettings): Promise<Proxy> {
    const directory = mkdtempSync(join(tmpdir(), `${kind.name}-test-`));
    // A proxy that root started has workers of another user.
    chmodSync(directory, 0o711);
    const { args, env } = kind.prepare(directory, settings);
    const child = spawn(kind.program, args, { env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const proxy = new Proxy(directory, child, env, kind);
    await untilTrue(async () => {
      if (child.exitCode !== null) throw new Error(`${kind.name} has not started: ${proxy.log}`);
      return fetch(`http://127.0.0.1:${settings.port}/`).then(
        () => true,
        // Whoever speaks TLS only may answer nothing that is HTTP.
        (error: unknown) => (error as { cause?: { code?: string } }).cause?.code !== 'ECONNREFUSED',
      );
    });
    return proxy;
  }

  /** Everything that it has logged. */
  get log(): string {
    const logFiles = ['access.log', 'error.log'].map((name) => join(this.directory, name));
    return this.#output + logFiles.map((path) => readOrNothing(path)).join('');
  }

  /** Waits for something in its log, `times` times. */
  async untilLogged(text: string, times = 1): Promise<void> {
    await untilTrue(() => this.log.split(text).length > times);
  }

  reload(): Promise<void> {
    return this.kind.reload(this);
  }

  async stop(): Promise<void> {
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    await closed;
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { portToKeep } from './crash/gateway-process.js';
import { untilTrue } from './until.js';

export const EXAMPLE = fileURLToPath(new URL('../../examples/federation/', import.meta.url));

/** The supergraph of `examples/federation`: its second subgraph and its router in processes of their own, before a gateway of a test's. */
export class Supergraph {
  private constructor(
    /** Where the router answers. */
    readonly url: string,
    readonly wsUrl: string,
    private readonly processes: readonly ChildProcess[],
    private readonly directory: string,
  ) {}

  static async start(chatUrl: string): Promise<Supergraph> {
    const directory = mkdtempSync(join(tmpdir(), 'supergraph-'));
    const supergraph = join(directory, 'supergraph.graphql');
    const tickets = run(['tickets.js'], { PORT: '0' });
    const env = { PATH: process.env['PATH'], CHAT_URL: chatUrl, TICKETS_URL: await announcedUrl(tickets) };
    execFileSync(process.execPath, ['compose.js', supergraph], { cwd: EXAMPLE, env });
    const port = await portToKeep();
    const hive = ['node_modules/.bin/hive-gateway', 'supergraph', supergraph, '--config-path', 'gateway.config.js'];
    const router = run([...hive, '--host', '127.0.0.1', '--port', String(port)], { NODE_ENV: 'production' });
    router.stdout.resume();
    await untilTrue(async () => {
      if (router.exitCode !== null) throw new Error('the router has not started');
      return (await fetch(`http://127.0.0.1:${port}/readiness`).catch(() => null))?.ok === true;
    });
    return new Supergraph(`http://127.0.0.1:${port}/graphql`, `ws://127.0.0.1:${port}/graphql`, [router, tickets], directory);
  }

  async stop(): Promise<void> {
    for (const child of this.processes) {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const run = (args: readonly string[], env: Record<string, string>) =>
  spawn(process.execPath, args, { cwd: EXAMPLE, env: { PATH: process.env['PATH'], ...env }, stdio: ['ignore', 'pipe', 'ignore'] });

async function announcedUrl({ stdout }: { readonly stdout: NodeJS.ReadableStream }): Promise<string> {
  for await (const line of createInterface(stdout)) return (JSON.parse(line) as { url: string }).url;
  throw new Error('the subgraph of tickets has not started');
}

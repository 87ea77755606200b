import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { portToKeep } from './crash/gateway-process.js';
import { untilTrue } from './until.js';

export const HOW_TO_GET_PROMETHEUS = 'apt-get install prometheus';

/** An alert as Prometheus reports it. */
export interface Alert {
  readonly state: 'pending' | 'firing';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A Prometheus of a test's own, on a free port, with its data in a directory of its own. It scrapes and evaluates every 200 ms. */
export class Prometheus {
  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    private readonly url: string,
  ) {}

  /**
   * @param rules the text of a file of rules
   * @param scrapeConfigs as in its configuration, which may be JSON
   */
  static async start(rules: string, scrapeConfigs: readonly object[]): Promise<Prometheus> {
    const directory = mkdtempSync(join(tmpdir(), 'prometheus-test-'));
    const port = await portToKeep();
    const configuration = {
      global: { scrape_interval: '200ms', scrape_timeout: '200ms', evaluation_interval: '200ms' },
      rule_files: [join(directory, 'rules.yml')],
      scrape_configs: scrapeConfigs,
    };
    writeFileSync(join(directory, 'rules.yml'), rules);
    writeFileSync(join(directory, 'prometheus.yml'), JSON.stringify(configuration));
    const args = [`--config.file=${directory}/prometheus.yml`, `--storage.tsdb.path=${directory}/data`];
    const child = spawn('prometheus', [...args, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
    const prometheus = new Prometheus(child, directory, `http://127.0.0.1:${port}`);
    await untilTrue(async () => {
      if (child.exitCode !== null) throw new Error('Prometheus has not started');
      return (await fetch(`${prometheus.url}/-/ready`).catch(() => null))?.ok === true;
    });
    return prometheus;
  }

  async alerts(): Promise<readonly Alert[]> {
    return (await this.#get<{ alerts: Alert[] }>('alerts')).alerts;
  }

  /** Names of the rules and whether their last evaluation succeeded: `ok`, or `unknown` before the first. */
  async rules(): Promise<readonly { readonly name: string; readonly health: string }[]> {
    const { groups } = await this.#get<{ groups: { rules: { name: string; health: string }[] }[] }>('rules');
    return groups.flatMap(({ rules }) => rules);
  }

  /** The samples that an expression has now; rejects if it is not one. */
  async query(expression: string): Promise<readonly unknown[]> {
    return (await this.#get<{ result: unknown[] }>(`query?${new URLSearchParams({ query: expression }).toString()}`)).result;
  }

  async stop(): Promise<void> {
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    await closed;
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/api/v1/${path}`);
    const { status, data, error } = (await response.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(`Prometheus: ${String(error)}`);
    return data;
  }
}

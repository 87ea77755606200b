import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatorOptions } from '../../src/simulator/options.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { GatewayProcess, portToKeep } from './crash/gateway-process.js';
import type { GatewayUrls } from './crash/gateway-process.js';
import { upstreamSettings } from './upstream-settings.js';

/** Soon, and for as long as a test may keep the gateway down. */
const RETRY_DELAYS_MS = Array.from({ length: 600 }, () => 100);

/** A gateway in a process of its own, which can be killed and started again at the same address, over a simulated contact centre that lives on in this one. */
export class KillableGateway {
  private constructor(
    readonly simulator: Simulator,
    readonly urls: GatewayUrls,
    private readonly gateway: GatewayProcess,
    private readonly directory: string,
  ) {}

  static async start(options: SimulatorOptions = {}, settings: Readonly<Record<string, string>> = {}): Promise<KillableGateway> {
    const simulator = createSimulator({ agents: 'manual', retryDelaysMs: RETRY_DELAYS_MS, ...options });
    const url = await simulator.listen();
    const directory = mkdtempSync(join(tmpdir(), 'killable-gateway-'));
    const gateway = new GatewayProcess({
      PORT: String(await portToKeep()),
      EVENT_LOG: `file:${directory}`,
      ...upstreamSettings(simulator, url),
      LOG_LEVEL: 'info',
      ...settings,
    });
    const urls = await gateway.start();
    simulator.setWebhookUrl(urls.webhookUrl);
    return new KillableGateway(simulator, urls, gateway, directory);
  }

  /** kill -9, in the middle of whatever it does. */
  kill(): Promise<void> {
    return this.gateway.kill();
  }

  /** As `GatewayProcess.limitFiles`. */
  limitFiles(bytes: number | null): Promise<void> {
    return this.gateway.limitFiles(bytes);
  }

  async startAgain(): Promise<void> {
    await this.gateway.start();
  }

  async stop(): Promise<void> {
    await this.gateway.dispose();
    await this.simulator.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

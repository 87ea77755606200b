import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signedHeaders } from '../../../src/simulator/webhook-sender/signed-headers.js';
import { createSigningKey } from '../../../src/simulator/webhook-sender/signing-key.js';
import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { makeCertificate } from '../certificates.js';
import type { Certificate } from '../certificates.js';
import { GatewayProcess, portToKeep } from '../crash/gateway-process.js';
import { RedisServer } from '../redis-server.js';
import { upstreamSettings } from '../upstream-settings.js';
import type { ProxySettings } from './proxy.js';
import type { PublicClient } from './public-client.js';

const BASE_PATH = '/chat';
const CREATE = `mutation($channelId: ID!) {
  createConversation(input: { channelId: $channelId, customer: {} }) { cursor conversation { conversationId } }
}`;

export interface CreatedConversation {
  readonly id: string;
  /** Of its origin. */
  readonly cursor: string;
}

/** Two gateways in processes of their own, over one Redis, which believe to be served by a proxy, and their contact centre. */
export class GatewayPair {
  private constructor(
    readonly gateways: readonly GatewayProcess[],
    readonly proxySettings: ProxySettings,
    private readonly signingKey: ReturnType<typeof createSigningKey>,
    private readonly simulator: Simulator,
    private readonly redis: RedisServer,
    private readonly directory: string,
  ) {}

  static async start(): Promise<GatewayPair> {
    const directory = mkdtempSync(join(tmpdir(), 'proxies-test-'));
    const [port, ...ports] = [await portToKeep(), await portToKeep(), await portToKeep()] as const;
    const signingKey = createSigningKey('known');
    const simulator = createSimulator({ agents: 'manual', signingKey });
    const [redis] = await Promise.all([RedisServer.start(), simulator.listen()]);
    const settings = {
      ...upstreamSettings(simulator),
      EVENT_LOG: redis.url,
      PUBLIC_URL: `https://127.0.0.1:${port}${BASE_PATH}`,
      TRUST_PROXY: 'loopback',
      RATE_LIMIT: 'off',
      DRAIN_SECONDS: '10',
      DRAIN_NOTICE_SECONDS: '2',
    };
    const gateways = ports.map((gatewayPort) => new GatewayProcess({ ...settings, PORT: String(gatewayPort) }));
    await Promise.all(gateways.map((gateway) => gateway.start()));
    simulator.setWebhookUrl(`http://127.0.0.1:${ports[0]}/webhooks/8x8`);
    const proxySettings = {
      port,
      basePath: BASE_PATH,
      gateways: [`127.0.0.1:${ports[0]}`, `127.0.0.1:${ports[1]}`] as const,
      certificate: makeCertificate(directory, 'proxy'),
    };
    return new GatewayPair(gateways, proxySettings, signingKey, simulator, redis, directory);
  }

  get publicUrl(): string {
    return `https://127.0.0.1:${this.proxySettings.port}${BASE_PATH}`;
  }

  get certificate(): Certificate {
    return this.proxySettings.certificate;
  }

  /** How many GraphQL requests a gateway has answered since it was started. */
  async answeredBy(index: number): Promise<number> {
    const metrics = await (await fetch(`http://${this.proxySettings.gateways[index] ?? ''}/metrics`)).text();
    return Number(/^gateway_http_request_seconds_count\{route="\/graphql",status="200"\} (\d+)/m.exec(metrics)?.[1] ?? 0);
  }

  async createConversation(client: PublicClient): Promise<CreatedConversation> {
    interface Created {
      readonly createConversation: { readonly cursor: string; readonly conversation: { readonly conversationId: string } };
    }
    const { createConversation } = await client.ask<Created>(CREATE, { channelId: this.simulator.channelId });
    return { id: createConversation.conversation.conversationId, cursor: createConversation.cursor };
  }

  /** Sends a signed event with a message of an agent, again and again until it is acknowledged, as the contact centre does. */
  async say(client: PublicClient, conversationId: string, text: string): Promise<void> {
    const data = { isEcho: false, sender: { id: 'a1', type: 'agent' }, text, attachments: [], cards: [] };
    const body = Buffer.from(JSON.stringify({ eventType: 'MESSAGE', conversationId, timestamp: Date.now(), data }));
    const { tenantId, customerId } = this.simulator;
    const eventId = randomUUID();
    for (let retry = 0, status = 0; status !== 204; retry += 1) {
      const transmission = { body, tenantId, customerId, eventId, retry, transmissionTime: Date.now() };
      const headers = await signedHeaders(transmission, this.signingKey);
      const response = await client.fetch('webhooks/8x8', { method: 'POST', headers, body }).catch(() => null);
      await response?.text();
      status = response?.status ?? 0;
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.dispose()));
    await this.simulator.close();
    await this.redis.dispose();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

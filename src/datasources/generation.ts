import type { Clock } from '../domain/clock.js';
import type { WebhookFormat } from '../webhooks/webhook-format.js';
import type { ChatApi } from './chat-api.js';
import type { CheckupOptions } from './diagnostics/run-checks.js';
import type { Finding } from './diagnostics/finding.js';
import type { WebhookFormatOptions } from './shared/create-webhook-format.js';
import type { EventBodyParser } from './shared/webhook-events/parse-payload.js';
import type { UpstreamClientOptions } from './upstream/upstream-client.js';

/** Where a contact centre is, and the account it is called with; each generation adds what else it needs. */
export interface UpstreamAccount {
  readonly url: string;
  readonly apiKey: string;
  /** The tenant and the customer that webhooks must carry. */
  readonly tenantId: string;
  readonly customerId: string;
}

/** Reads settings that only one generation has; invalid ones are collected, not thrown. */
export interface SettingsReader {
  secret(name: string): string;
  oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T;
}

/** How calls are made, the same for each generation. */
export interface CallOptions extends Omit<UpstreamClientOptions, 'baseUrl' | 'headers' | 'credentials'> {
  /** How long an upload or a download may stall, in milliseconds. */
  readonly idleTimeoutMs?: number;
}

export interface DiagnosticOptions extends CheckupOptions {
  readonly clock: Clock;
}

/** All that the gateway knows of one generation of an upstream API. */
export interface Generation<Settings extends UpstreamAccount = UpstreamAccount> {
  /** The version of events that its webhooks are registered for. */
  readonly eventVersion: string;
  readonly parseEventBody: EventBodyParser;
  readSettings(account: UpstreamAccount, read: SettingsReader): Settings;
  createChatApi(settings: Settings, options: CallOptions): ChatApi;
  createWebhookFormat(options: WebhookFormatOptions): WebhookFormat;
  /** Compares a real tenant with what the adapter assumes, by reads only. Rejects with a `GatewayError` if it cannot be reached. */
  diagnose(settings: Settings, options: DiagnosticOptions, onFinding: (finding: Finding) => void): Promise<readonly Finding[]>;
}

import { UpstreamClient } from '../upstream-client.js';
import type { UpstreamClientOptions } from '../upstream-client.js';

export interface ChatGatewayV1Options extends Omit<UpstreamClientOptions, 'headers' | 'credentials'> {
  /** Sent as `x-api-key`. */
  readonly apiKey: string;
  /** Sent as `X-8x8-Tenant`, which customers with several tenants must send; null: not sent. */
  readonly tenant: string | null;
}

/** What calls this generation's API, in the name of its customer. */
export function chatGatewayClient({ apiKey, tenant, ...options }: ChatGatewayV1Options): UpstreamClient {
  const headers: Record<string, string> = tenant === null ? {} : { 'x-8x8-tenant': tenant };
  return new UpstreamClient({ ...options, headers, credentials: { 'x-api-key': apiKey } });
}

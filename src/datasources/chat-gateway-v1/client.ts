import { UpstreamClient } from '../upstream/upstream-client.js';
import type { UpstreamClientOptions } from '../upstream/upstream-client.js';
import { UpstreamStreams } from '../upstream/upstream-streams.js';

export interface ChatGatewayV1Options extends Omit<UpstreamClientOptions, 'headers' | 'credentials'> {
  /** Sent as `x-api-key`. */
  readonly apiKey: string;
  /** Sent as `X-8x8-Tenant`, which customers with several tenants must send. Null if it is not sent. */
  readonly tenant: string | null;
  /** See `UpstreamStreamsOptions`. */
  readonly idleTimeoutMs?: number;
}

const toCredentials = ({ apiKey }: ChatGatewayV1Options) => ({ 'x-api-key': apiKey });
const toHeaders = ({ tenant }: ChatGatewayV1Options): Record<string, string> => (tenant === null ? {} : { 'x-8x8-tenant': tenant });

/** What calls this generation's API, in the name of its customer. */
export function chatGatewayClient(options: ChatGatewayV1Options): UpstreamClient {
  return new UpstreamClient({ ...options, headers: toHeaders(options), credentials: toCredentials(options) });
}

export interface ChatGatewayV1Connection {
  readonly client: UpstreamClient;
  /** For calls whose bodies are streamed. */
  readonly streams: UpstreamStreams;
}

/** All that calls this generation's API; both parts are to be closed. */
export function chatGatewayConnection(options: ChatGatewayV1Options): ChatGatewayV1Connection {
  const headers = { ...toHeaders(options), ...toCredentials(options) };
  return { client: chatGatewayClient(options), streams: new UpstreamStreams({ ...options, headers }) };
}

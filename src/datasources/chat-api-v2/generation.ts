import type { Generation, UpstreamAccount } from '../generation.js';
import { createWebhookFormat } from '../shared/create-webhook-format.js';
import { ChatApiV2 } from './chat-api-v2.js';
import { REGIONS } from './client.js';
import type { Region } from './client.js';
import { EVENT_VERSION } from './event-version.js';
import { parseEventBody } from './webhook-events/parse-event-body.js';

export interface ChatApiV2Settings extends UpstreamAccount {
  readonly kind: 'chat-api-v2';
  readonly apiSecret: string;
  readonly region: Region;
}

const connection = ({ url, apiKey, apiSecret, tenantId, region }: ChatApiV2Settings) => ({
  baseUrl: url,
  apiKey,
  apiSecret,
  tenant: tenantId,
  region,
});

/** The Chat API, version 2, which its vendor has retired. */
export const CHAT_API_V2: Generation<ChatApiV2Settings> = {
  eventVersion: EVENT_VERSION,
  parseEventBody,
  readSettings: (account, read) => ({
    kind: 'chat-api-v2',
    ...account,
    apiSecret: read.secret('UPSTREAM_API_SECRET'),
    region: read.oneOf('UPSTREAM_REGION', REGIONS, 'us'),
  }),
  createChatApi: (settings, options) => new ChatApiV2({ ...options, ...connection(settings) }),
  createWebhookFormat,
  async diagnose(settings, options, onFinding) {
    // Loaded only by `doctor`.
    const { checkup } = await import('./diagnostics/diagnostics.js');
    return checkup({ ...options, ...connection(settings) }, onFinding);
  },
};

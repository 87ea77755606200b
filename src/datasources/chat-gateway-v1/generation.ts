import type { Generation, UpstreamAccount } from '../generation.js';
import { createWebhookFormat } from '../shared/create-webhook-format.js';
import { ChatGatewayV1 } from './chat-gateway-v1.js';
import { EVENT_VERSION } from './event-version.js';
import { parseEventBody } from './webhook-events/parse-event-body.js';

export interface ChatGatewayV1Settings extends UpstreamAccount {
  readonly kind: 'chat-gateway-v1';
}

const connection = ({ url, apiKey, tenantId }: ChatGatewayV1Settings) => ({ baseUrl: url, apiKey, tenant: tenantId });

/** The Chat Gateway, version 1. */
export const CHAT_GATEWAY_V1: Generation<ChatGatewayV1Settings> = {
  eventVersion: EVENT_VERSION,
  parseEventBody,
  readSettings: (account) => ({ kind: 'chat-gateway-v1', ...account }),
  createChatApi: (settings, options) => new ChatGatewayV1({ ...options, ...connection(settings) }),
  createWebhookFormat,
  async diagnose(settings, options, onFinding) {
    // Loaded only by `doctor`.
    const { checkup } = await import('./diagnostics/diagnostics.js');
    return checkup({ ...options, ...connection(settings) }, onFinding);
  },
};

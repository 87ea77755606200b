import type { WebhookFormatOptions } from '../../../src/datasources/shared/create-webhook-format.js';
import { createWebhookFormat } from '../../../src/datasources/generations.js';
import type { WebhookFormat } from '../../../src/webhooks/webhook-format.js';
import { CUSTOMER, SENT_AT, TENANT } from './sign-webhook.js';

const upstream = { kind: 'chat-gateway-v1', url: 'http://127.0.0.1', apiKey: 'unused', tenantId: TENANT, customerId: CUSTOMER } as const;

/** The format that a gateway receives webhooks in, with keys from `fetchJwk`; its clock stands at the time of signing. */
export const testWebhookFormat = (fetchJwk: WebhookFormatOptions['fetchJwk'] = () => Promise.resolve(null)): WebhookFormat =>
  createWebhookFormat(upstream, { fetchJwk, clock: () => SENT_AT });

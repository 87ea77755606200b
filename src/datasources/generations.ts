import type { WebhookFormat } from '../webhooks/webhook-format.js';
import { CHAT_API_V2 } from './chat-api-v2/generation.js';
import { CHAT_GATEWAY_V1 } from './chat-gateway-v1/generation.js';
import type { Generation } from './generation.js';
import type { WebhookFormatOptions } from './shared/create-webhook-format.js';

/** Every generation, by the name that selects it in `UPSTREAM`. A new one is a folder beside this file, and a line here. */
export const GENERATIONS = {
  'chat-gateway-v1': CHAT_GATEWAY_V1,
  'chat-api-v2': CHAT_API_V2,
} satisfies Readonly<Record<string, Generation>>;

export type GenerationName = keyof typeof GENERATIONS;

export const GENERATION_NAMES = Object.keys(GENERATIONS) as GenerationName[];

/** A real contact centre, and how to reach it: the settings of its generation. */
export type RealUpstream = ReturnType<(typeof GENERATIONS)[GenerationName]['readSettings']>;

/** Settings carry the name of their generation as `kind`, so that each generation gets its own. */
export const findGeneration = ({ kind }: RealUpstream): Generation<RealUpstream> => GENERATIONS[kind];

/** The path on which this gateway receives webhooks. */
export const WEBHOOK_PATH = '/webhooks/8x8';

/** The configured generation's webhook format. It parses the events of every generation, since several may arrive while a contact centre migrates. */
export function createWebhookFormat(upstream: RealUpstream, options: Omit<WebhookFormatOptions, 'parsers'>): WebhookFormat {
  const parsers = Object.values(GENERATIONS).map(({ parseEventBody }) => parseEventBody);
  return findGeneration(upstream).createWebhookFormat({ ...options, parsers });
}

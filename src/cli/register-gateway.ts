import type { ChatApi, ReadOptions } from '../datasources/chat-api.js';
import type { ChannelRecord, WebhookRecord } from '../domain/channel.js';
import { BadUserInputError, UpstreamRejectedError } from '../domain/errors.js';
import { MAX_PAGE_SIZE } from '../domain/page-limit.js';
import type { Window, WindowOf } from '../domain/window.js';
import { formatErrorLines } from './format-error.js';

/** What the contact centre should know of this gateway. */
export interface Registration {
  /** Where this gateway receives webhooks. */
  readonly webhookUrl: string;
  /** The version of events that it asks for. */
  readonly notificationVersion: string;
  /** Of the channel. */
  readonly name: string;
  readonly queueId: string;
}

export type Action = 'created' | 'updated' | 'unchanged';

/** What was done. */
export interface Registered {
  readonly webhook: WebhookRecord & { readonly action: Action };
  /** Whether the contact centre reached the webhook; null if unknown. */
  readonly reachable: boolean | null;
  /** Why it did not, or why that is unknown. */
  readonly unreachableBecause: string | null;
  readonly channel: ChannelRecord & { readonly action: Action };
}

const WEBHOOK_NAME = 'chat-graphql-gateway';

/**
 * Registers this gateway's webhook and a channel that reports to it; what is there already is found (the webhook by its address, the channel by its name)
 * and changed only where it differs, so that it can be run again. `report` is called after each step. Rejects as the port does.
 */
export async function registerGateway(api: ChatApi, wanted: Registration, report: (line: string) => void): Promise<Registered> {
  const webhook = await registerWebhook(api, wanted);
  report(`webhook ${webhook.action}: ${webhook.webhookId} ${webhook.url}`);
  const { reachable, because } = await verify(api, wanted.webhookUrl);
  const outcome = reachable === null ? 'unknown' : reachable ? 'yes' : 'no';
  report(`reachable from the contact centre: ${outcome}${because === null ? '' : ` (${because})`}`);
  const channel = await registerChannel(api, wanted, webhook.webhookId);
  report(`channel ${channel.action}: ${channel.channelId} "${channel.name}" on queue ${channel.queueId ?? wanted.queueId}`);
  return { webhook, reachable, unreachableBecause: because, channel };
}

async function registerWebhook(api: ChatApi, { webhookUrl: url, notificationVersion }: Registration): Promise<Registered['webhook']> {
  const there = await everything((window, read) => api.webhooks(window, read));
  const same = there.filter((webhook) => sameAddress(webhook.url, url));
  const found = same.find((webhook) => webhook.notificationVersion === notificationVersion) ?? same[0];
  if (found === undefined) return { ...(await api.createWebhook({ name: WEBHOOK_NAME, url })), action: 'created' };
  if (found.notificationVersion === notificationVersion) return { ...found, action: 'unchanged' };
  return { ...(await api.updateWebhook(found.webhookId, { url })), action: 'updated' };
}

async function registerChannel(api: ChatApi, { name, queueId }: Registration, webhookId: string): Promise<Registered['channel']> {
  const there = await everything((window, read) => api.channels(window, read));
  const found = theOne(
    there.filter((channel) => channel.type === 'CHAT_API' && channel.name === name),
    webhookId,
  );
  if (found === null) return { ...(await api.createChannel({ name, queueId, webhookId })), action: 'created' };
  if (found.queueId === queueId && found.webhookId === webhookId) return { ...found, action: 'unchanged' };
  return { ...(await api.updateChannel(found.channelId, { queueId, webhookId })), action: 'updated' };
}

/** Of several channels with one name, the one that reports here already; which of the others is meant is unknown. */
function theOne(channels: readonly ChannelRecord[], webhookId: string): ChannelRecord | null {
  const ours = channels.filter((channel) => channel.webhookId === webhookId);
  const [found, another] = ours.length > 0 ? ours : channels;
  if (another === undefined) return found ?? null;
  throw new BadUserInputError(`There are several channels named "${another.name}": use another name, or rename all but one.`);
}

async function verify(api: ChatApi, url: string): Promise<{ reachable: boolean | null; because: string | null }> {
  try {
    await api.verifyWebhook(url);
    return { reachable: true, because: null };
  } catch (error) {
    return { reachable: error instanceof UpstreamRejectedError ? false : null, because: formatErrorLines(error).join(' ') };
  }
}

async function everything<T>(read: (window: Window, options: ReadOptions) => Promise<WindowOf<T>>): Promise<readonly T[]> {
  const found: T[] = [];
  for (;;) {
    const page = await read({ kind: 'first', count: MAX_PAGE_SIZE, from: found.length, before: null }, { asOf: '' });
    found.push(...page.items);
    if (!page.hasMore || page.items.length === 0) return found;
  }
}

/** Addresses that differ in nothing but how they are written: `HTTPS://Example.com` and `https://example.com/`. */
function sameAddress(one: string, other: string): boolean {
  return one === other || (URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href);
}

import { NotFoundError } from '../../domain/errors.js';
import { resourcePath } from '../upstream/resource-path.js';
import type { UpstreamCalls } from '../upstream/upstream-call.js';
import type { Region } from './client.js';

const NO_CONVERSATION = 'There is no such conversation.';

/** Where a customer's resources lie, which this generation's paths name: `/vcc/{region}/chat/v2/tenant/{tenant}`. */
export class Paths {
  readonly channels: string;
  readonly conversations: string;
  readonly webhooks: string;
  readonly verifyWebhook: string;
  readonly #keys: string;

  constructor(region: Region, tenant: string) {
    const base = `/vcc/${region}/chat/v2`;
    const ofTenant = `${base}/tenant/${encodeURIComponent(tenant)}`;
    this.channels = `${ofTenant}/channels`;
    this.conversations = `${ofTenant}/conversations`;
    this.webhooks = `${ofTenant}/web-hooks`;
    this.verifyWebhook = `${this.webhooks}/verify`;
    this.#keys = `${base}/jwk`;
  }

  /** Null where no channel can have this id, as with the others. */
  channel(channelId: string): string | null {
    return under(this.channels, channelId);
  }

  webhook(webhookId: string): string | null {
    return under(this.webhooks, webhookId);
  }

  publicKey(kid: string): string | null {
    return under(this.#keys, kid, 'public');
  }

  /** A conversation, or a part of it. */
  conversation(conversationId: string, ...parts: readonly string[]): string | null {
    return under(this.conversations, conversationId, ...parts);
  }

  /** What a change of a conversation calls. Throws `NotFoundError` where there can be no conversation of this id. */
  changedConversation(conversationId: string, ...parts: readonly string[]): { path: string; notFound: string } {
    const path = this.conversation(conversationId, ...parts);
    if (path === null) throw new NotFoundError(NO_CONVERSATION);
    return { path, notFound: NO_CONVERSATION };
  }
}

/** What every call of this generation goes by. */
export interface Upstream {
  readonly client: UpstreamCalls;
  readonly paths: Paths;
}

function under(base: string, ...parts: readonly string[]): string | null {
  const path = resourcePath(...parts);
  return path === null ? null : base + path;
}

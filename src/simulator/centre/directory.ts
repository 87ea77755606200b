import { RejectedRequest } from './rejected-request.js';
import type { Agent, Channel, Queue, Webhook } from './records.js';

export interface DirectoryPlan {
  readonly agents: readonly Agent[];
  readonly queues: readonly Queue[];
  readonly channels: readonly Channel[];
  readonly webhooks: readonly Webhook[];
}

/** What an administrator configures: agents, queues, channels and webhooks. Channels and webhooks can be changed. */
export class Directory {
  readonly agents: ReadonlyMap<string, Agent>;
  readonly queues: ReadonlyMap<string, Queue>;
  readonly #channels: Map<string, Channel>;
  readonly #webhooks: Map<string, Webhook>;

  constructor(plan: DirectoryPlan) {
    this.agents = byId(plan.agents);
    this.queues = byId(plan.queues);
    this.#channels = byId(plan.channels);
    this.#webhooks = byId(plan.webhooks);
  }

  /** All of it, as the constructor accepts it. */
  get plan(): DirectoryPlan {
    return {
      agents: [...this.agents.values()],
      queues: [...this.queues.values()],
      channels: [...this.#channels.values()],
      webhooks: [...this.#webhooks.values()],
    };
  }

  get channels(): ReadonlyMap<string, Channel> {
    return this.#channels;
  }

  get webhooks(): ReadonlyMap<string, Webhook> {
    return this.#webhooks;
  }

  addChannel(channel: Channel): void {
    this.#channels.set(channel.id, channel);
  }

  /** Its conversations are kept. */
  deleteChannel(id: string): void {
    this.#channels.delete(id);
  }

  addWebhook(webhook: Webhook): void {
    this.#webhooks.set(webhook.id, webhook);
  }

  /** @throws RejectedRequest while a channel reports to it. */
  deleteWebhook(id: string): void {
    const channel = [...this.#channels.values()].find(({ webhookId }) => webhookId === id);
    if (channel !== undefined) throw new RejectedRequest('not-now', `webhook ${id} is in use by channel ${channel.id}`);
    this.#webhooks.delete(id);
  }

  /** @throws RejectedRequest if it does not exist, as do the others */
  queue(id: string): Queue {
    return known(this.queues, id, 'queue');
  }

  agent(id: string): Agent {
    return known(this.agents, id, 'agent');
  }

  channel(id: string): Channel {
    return known(this.channels, id, 'channel');
  }

  webhook(id: string): Webhook {
    return known(this.webhooks, id, 'webhook');
  }
}

function byId<T extends { readonly id: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

function known<T>(items: ReadonlyMap<string, T>, id: string, what: string): T {
  const item = items.get(id);
  if (item === undefined) throw new RejectedRequest('unknown', `there is no ${what} ${id}`);
  return item;
}

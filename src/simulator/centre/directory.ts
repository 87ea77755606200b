import { Refusal } from './refusal.js';
import type { Agent, Channel, Queue, Webhook } from './records.js';

/** What an administrator has set up: who works where, and how conversations come in. */
export class Directory {
  readonly agents: ReadonlyMap<string, Agent>;
  readonly queues: ReadonlyMap<string, Queue>;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly webhooks: ReadonlyMap<string, Webhook>;

  constructor(plan: {
    readonly agents: readonly Agent[];
    readonly queues: readonly Queue[];
    readonly channels: readonly Channel[];
    readonly webhooks: readonly Webhook[];
  }) {
    this.agents = byId(plan.agents);
    this.queues = byId(plan.queues);
    this.channels = byId(plan.channels);
    this.webhooks = byId(plan.webhooks);
  }

  /** @throws Refusal when there is none, as do the others. */
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

function byId<T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

function known<T>(items: ReadonlyMap<string, T>, id: string, what: string): T {
  const item = items.get(id);
  if (item === undefined) throw new Refusal('unknown', `there is no ${what} ${id}`);
  return item;
}

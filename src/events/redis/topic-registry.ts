import type { CursorExpiredError } from '../../domain/errors.js';
import { scopeKey } from '../port/cursor.js';
import type { Scope } from '../port/event-log.js';
import type { Subscribers } from '../delivery/subscribers.js';
import type { Channel, Channels } from './channels.js';
import type { Connected } from './connection.js';
import type { Keys } from './keys.js';
import { PubSubConnections } from './pubsub-connections.js';
import { decodeMessage } from './pubsub-message.js';
import type { LiveMessage } from './pubsub-message.js';
import type { PageReader } from './page-reader.js';
import type { Cursors, Vector } from './positions.js';
import { Topic } from './topic.js';
import type { TopicReader } from './topic-reader.js';

const CATCH_UP_PAGE = 500;

export interface TopicRegistryOptions {
  readonly keys: Keys;
  readonly channels: Channels;
  readonly cursors: Cursors;
  readonly pages: PageReader;
  readonly reader: TopicReader;
  readonly subscribers: Subscribers;
  readonly findHead: (scope: Scope) => Promise<Vector>;
  readonly connected: Pick<Connected, 'connect' | 'onNodeLost'>;
  /** Id of this gateway: it ignores its own transient messages and erasures, which it has delivered locally. */
  readonly sender: string;
}

/** An open topic, shared by the subscriptions of a scope. */
export interface TopicHandle {
  readonly scope: Scope;
  readonly topic: Topic;
  readonly channels: readonly Channel[];
  /** Settles once its messages arrive. */
  readonly ready: Promise<void>;
  subscriberCount: number;
}

/** The topics with subscribers, and the connections that feed them. */
export class TopicRegistry {
  readonly #handles = new Map<string, TopicHandle>();
  readonly #byChannel = new Map<string, TopicHandle>();
  readonly #connections: PubSubConnections;
  #dropped = 0;

  constructor(private readonly options: TopicRegistryOptions) {
    this.#connections = new PubSubConnections({
      connect: options.connected.connect,
      sharded: options.channels.sharded,
      onMessage: (channel, text) => {
        this.#onMessage(channel, text);
      },
      onReconnect: (partition) => {
        this.catchUp(partition);
      },
    });
    options.connected.onNodeLost(() => {
      this.catchUp(null);
    });
  }

  /** How many messages were dropped as not of this log. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Reads missed events: live messages of a partition, or of any if null, may have been missed. */
  catchUp(partition: number | null): void {
    for (const { topic, channels } of this.#handles.values()) {
      if (partition === null || channels.some((channel) => channel.partition === partition)) void topic.catchUp();
    }
  }

  /** Ends all subscriptions: another log has replaced the open one. */
  failAll(error: CursorExpiredError): void {
    for (const { scope } of [...this.#handles.values()]) this.#fail(scope, error);
  }

  /** Opens the topic of a scope if necessary, until `release`. */
  acquire(scope: Scope): TopicHandle {
    const handle = this.#handles.get(scopeKey(scope)) ?? this.#open(scope);
    handle.subscriberCount += 1;
    return handle;
  }

  release(handle: TopicHandle): void {
    handle.subscriberCount -= 1;
    if (handle.subscriberCount === 0) this.#close(handle);
  }

  /** Delivers an event that this gateway stored. */
  publishLocal(scope: Scope, message: LiveMessage): void {
    this.#handles.get(scopeKey(scope))?.topic.publishLocal(message);
    if (scope !== 'all') this.#handles.get(scopeKey('all'))?.topic.publishLocal(message);
  }

  close(): void {
    this.options.reader.close();
    this.#connections.close();
    for (const { topic } of this.#handles.values()) topic.close();
    this.#handles.clear();
    this.#byChannel.clear();
  }

  #open(scope: Scope): TopicHandle {
    const { subscribers, findHead, pages, reader } = this.options;
    const topic = new Topic({
      isAll: scope === 'all',
      findHead: () => findHead(scope),
      readPage: (after, isContinuation) =>
        pages.read(scope, { after, before: null, limit: CATCH_UP_PAGE, fromEnd: false, types: null, isContinuation }),
      dispatch: ({ event, identity }, vector) => {
        subscribers.deliver(scope, () => ({
          event,
          cursor: this.options.cursors.encode(scope, vector),
          identity,
          replayed: false,
        }));
      },
      onLost: (error) => {
        this.#fail(scope, error);
      },
    });
    const channels = this.options.channels.of(scope);
    const listening = Promise.all(channels.map((channel) => this.#connections.subscribe(channel)));
    const ready = listening.then(() => reader.withRetries(() => topic.start()));
    const handle: TopicHandle = { scope, topic, channels, ready, subscriberCount: 0 };
    ready.catch(() => {
      this.#close(handle);
    });
    this.#handles.set(scopeKey(scope), handle);
    for (const { name } of channels) this.#byChannel.set(name, handle);
    return handle;
  }

  #close(handle: TopicHandle): void {
    handle.topic.close();
    if (this.#handles.get(scopeKey(handle.scope)) !== handle) return;
    this.#handles.delete(scopeKey(handle.scope));
    for (const channel of handle.channels) {
      this.#byChannel.delete(channel.name);
      this.#connections.unsubscribe(channel);
    }
  }

  #fail(scope: Scope, error: CursorExpiredError): void {
    const handle = this.#handles.get(scopeKey(scope));
    if (handle !== undefined) this.#close(handle);
    this.options.subscribers.fail(scope, error);
  }

  #onMessage(channel: string, text: string): void {
    const handle = this.#byChannel.get(channel);
    if (handle === undefined) return;
    const message = decodeMessage(text);
    if (message === null || (message.kind === 'stored' && message.partition >= this.options.keys.partitions)) this.#dropped += 1;
    else if (message.kind === 'stored') handle.topic.accept(message);
    else if (message.sender === this.options.sender) return;
    else if (message.kind === 'erased') this.options.subscribers.acceptErasure(message.conversationId);
    else this.options.subscribers.acceptTransient(handle.scope, message.event);
  }
}

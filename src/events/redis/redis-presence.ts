import { scopeHash } from '../port/cursor.js';
import { LocalPresence } from '../port/customer-presence.js';
import type { CustomerPresence } from '../port/customer-presence.js';
import type { CommandRunner } from './command-runner.js';
import type { Keys } from './keys.js';
import type { Commands } from './script.js';
import { enterScript, presenceScript } from './scripts/sinks.js';

/** In milliseconds. */
export interface PresenceTimes {
  /** How long a customer of a gateway that was killed counts as present. */
  readonly presentMs: number;
  readonly refreshMs: number;
}

const TIMES: PresenceTimes = { presentMs: 15_000, refreshMs: 5_000 };
/** Conversations refreshed at a time. */
const CHUNK = 500;

/** The subscriptions of customers on all gateways over one Redis. Best effort: while Redis is away, only those of this gateway are known. */
export class RedisPresence implements CustomerPresence {
  readonly #local = new LocalPresence((conversationId, present) => {
    void (present ? this.#enter(conversationId) : this.#leave(conversationId)).catch(() => undefined);
  });
  readonly #timer: NodeJS.Timeout;

  /** @param gateway a unique id of this gateway */
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly runner: CommandRunner,
    private readonly gateway: string,
    private readonly times: PresenceTimes = TIMES,
  ) {
    this.#timer = setInterval(() => {
      void this.#refresh().catch(() => undefined);
    }, times.refreshMs).unref();
  }

  enter(conversationId: string): () => void {
    return this.#local.enter(conversationId);
  }

  isPresent(conversationId: string): boolean | Promise<boolean> {
    if (this.#local.isPresent(conversationId)) return true;
    return this.runner.run(async () => (await presenceScript.run(this.commands, [this.#key(conversationId)])) > 0);
  }

  close(): void {
    clearInterval(this.#timer);
    const present = [...this.#local.conversationIds];
    this.#local.close();
    for (const conversationId of present) void this.#leave(conversationId).catch(() => undefined);
  }

  async #enter(conversationId: string): Promise<void> {
    await this.runner.run(() => enterScript.run(this.commands, [this.#key(conversationId)], this.gateway, this.times.presentMs));
    // A script that Redis does not know yet is sent a second time, and a customer who has left meanwhile was removed before that.
    if (!this.#local.isPresent(conversationId)) await this.#leave(conversationId);
  }

  async #leave(conversationId: string): Promise<void> {
    await this.runner.run(() => this.commands.zrem(this.#key(conversationId), this.gateway));
  }

  async #refresh(): Promise<void> {
    const present = [...this.#local.conversationIds];
    for (let at = 0; at < present.length; at += CHUNK) {
      const still = present.slice(at, at + CHUNK).filter((conversationId) => this.#local.isPresent(conversationId));
      await Promise.all(still.map((conversationId) => this.#enter(conversationId)));
    }
  }

  #key(conversationId: string): string {
    return this.keys.presence(scopeHash({ conversationId }));
  }
}

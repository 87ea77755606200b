import type { Head, Scope } from '../port/event-log.js';
import type { Keys } from './keys.js';
import { ORIGIN } from './positions.js';
import type { Cursors, Position, Vector } from './positions.js';
import type { Commands } from './script.js';
import { findHeadScript } from './scripts/reading.js';

/** Reads the heads of the log and its conversations. */
export class Heads {
  #inFlight: Promise<Vector> | null = null;

  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly cursors: Cursors,
  ) {}

  async head(): Promise<Head> {
    const vector = await this.ofAll();
    return {
      cursor: async (scope) => {
        if (scope === 'all') return this.cursors.encode(scope, vector);
        const bound = vector[this.keys.locate(scope).partition] ?? ORIGIN;
        return this.cursors.encode(scope, [await this.#ofConversation(scope, bound)]);
      },
    };
  }

  /** Current head of a scope: what is appended on the same connection after the call lies after it. */
  async of(scope: Scope): Promise<Vector> {
    if (scope === 'all') return this.ofAll();
    const located = this.keys.conversation(scope);
    return [await findHeadScript.runWhole(this.commands, located, located.hash, '')];
  }

  /** Heads of all partitions. Calls in one event-loop tick share one read. */
  ofAll(): Promise<Vector> {
    if (this.#inFlight === null) {
      this.#inFlight = this.#readAll();
      queueMicrotask(() => {
        this.#inFlight = null;
      });
    }
    return this.#inFlight;
  }

  #ofConversation(scope: Scope, bound: Position): Promise<Position> {
    const located = this.keys.conversation(scope);
    return findHeadScript.run(this.commands, located, located.hash, bound);
  }

  async #readAll(): Promise<Vector> {
    const last = this.keys.all().map(({ base }) => this.commands.hget(`${base}p`, 'last'));
    return (await Promise.all(last)).map((position) => position ?? ORIGIN);
  }
}

import type { Head, Scope } from '../port/event-log.js';
import type { Keys } from './keys.js';
import { ORIGIN } from './positions.js';
import type { Cursors, Position, Vector } from './positions.js';
import type { Commands } from './script.js';
import { findHeadScript } from './scripts/reading.js';

/** Where the log and its conversations end. */
export class Heads {
  #asked: Promise<Vector> | null = null;

  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly cursors: Cursors,
  ) {}

  async head(): Promise<Head> {
    const moment = await this.ofAll();
    return {
      cursor: async (scope) => {
        if (scope === 'all') return this.cursors.encode(scope, moment);
        const bound = moment[this.keys.locate(scope).partition] ?? ORIGIN;
        return this.cursors.encode(scope, [await this.#ofConversation(scope, bound)]);
      },
    };
  }

  /** Where a scope ends now: what is appended on the same connection after this was called lies behind it. */
  async of(scope: Scope): Promise<Vector> {
    if (scope === 'all') return this.ofAll();
    const located = this.keys.conversation(scope);
    return [await findHeadScript.runWhole(this.commands, located, located.hash, '')];
  }

  /** Where each partition ends. Those who ask in one turn are answered together. */
  ofAll(): Promise<Vector> {
    if (this.#asked === null) {
      this.#asked = this.#ask();
      queueMicrotask(() => {
        this.#asked = null;
      });
    }
    return this.#asked;
  }

  #ofConversation(scope: Scope, bound: Position): Promise<Position> {
    const located = this.keys.conversation(scope);
    return findHeadScript.run(this.commands, located, located.hash, bound);
  }

  async #ask(): Promise<Vector> {
    const last = this.keys.all().map(({ base }) => this.commands.hget(`${base}p`, 'last'));
    return (await Promise.all(last)).map((position) => position ?? ORIGIN);
  }
}

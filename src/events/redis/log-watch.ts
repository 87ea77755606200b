import { numberOf, ORIGIN } from './positions.js';
import type { Identity } from './log-identity.js';
import type { LastSeenPositions } from './seen.js';
import type { Commands } from './script.js';
import { breakTermScript } from './scripts/appending.js';

const EVERY_MS = 5_000;

export interface LogWatchOptions {
  readonly commands: Commands;
  readonly identity: Identity;
  readonly seen: LastSeenPositions;
  /** Events of a partition were stored that were not published to this gateway. */
  readonly onUnpublished: (partition: number) => void;
}

/**
 * Looks from time to time whether the log is still the one that was opened: another one may have replaced it (FLUSHALL), an older copy of it may have been put back, and a gateway of an
 * earlier release, which publishes elsewhere, may have stored events.
 */
export class LogWatch {
  readonly #unpublished = new Map<number, string>();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(private readonly options: LogWatchOptions) {
    this.#plan();
  }

  /** Looks now. Rejects where the log cannot be used. */
  async look(): Promise<void> {
    await this.options.identity.compare();
    const located = this.options.identity.keys.all();
    await Promise.all(located.map((_, partition) => this.#lookAt(partition)));
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #plan(): void {
    this.#timer = setTimeout(() => {
      // What is wrong, health says.
      void this.look()
        .catch(() => undefined)
        .then(() => {
          if (!this.#closed) this.#plan();
        });
    }, EVERY_MS).unref();
  }

  async #lookAt(partition: number): Promise<void> {
    const { commands, identity, seen, onUnpublished } = this.options;
    const located = identity.keys.partition(partition);
    const known = seen.numberIn(partition);
    const [last, published, unpublished] = await commands.hmget(`${located.base}p`, 'last', 'published', 'unpublished');
    const position = last ?? ORIGIN;
    // An older copy: what is stored next must not take the positions of what is gone.
    if (numberOf(position) < known) {
      await breakTermScript.run(commands, located);
      onUnpublished(partition);
    }
    seen.note(partition, position);
    // How often that happened before, and the last event where it is one.
    const state = `${unpublished ?? '0'} ${position === (published ?? ORIGIN) ? ORIGIN : position}`;
    const before = this.#unpublished.get(partition) ?? `0 ${ORIGIN}`;
    this.#unpublished.set(partition, state);
    if (state !== before) onUnpublished(partition);
  }
}

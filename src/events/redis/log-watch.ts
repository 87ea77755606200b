import { numberOf, ORIGIN } from './positions.js';
import type { LogIdentity } from './log-identity.js';
import type { LastSeenPositions } from './last-seen-positions.js';
import type { Commands } from './script.js';
import { breakTermScript } from './scripts/appending.js';

const INTERVAL_MS = 5_000;

export interface LogWatchOptions {
  readonly commands: Commands;
  readonly identity: LogIdentity;
  readonly seen: LastSeenPositions;
  /** Events of a partition were stored that were not published to this gateway. */
  readonly onUnpublished: (partition: number) => void;
}

/**
 * Periodically checks whether the log is still the one that was opened: it may have been replaced (FLUSHALL), an older copy may have been
 * restored, and a gateway of an earlier release, which publishes on other channels, may have stored events.
 */
export class LogWatch {
  readonly #unpublished = new Map<number, string>();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(private readonly options: LogWatchOptions) {
    this.#schedule();
  }

  /** Checks now. Rejects if the log cannot be used. */
  async check(): Promise<void> {
    await this.options.identity.compare();
    const located = this.options.identity.keys.all();
    await Promise.all(located.map((_, partition) => this.#checkPartition(partition)));
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      // Errors are reported by `health`.
      void this.check()
        .catch(() => undefined)
        .then(() => {
          if (!this.#closed) this.#schedule();
        });
    }, INTERVAL_MS).unref();
  }

  async #checkPartition(partition: number): Promise<void> {
    const { commands, identity, seen, onUnpublished } = this.options;
    const located = identity.keys.partition(partition);
    const known = seen.numberIn(partition);
    const [last, published, unpublished] = await commands.hmget(`${located.base}p`, 'last', 'published', 'unpublished');
    const position = last ?? ORIGIN;
    // An older copy was restored: new events must not reuse positions of lost ones.
    if (numberOf(position) < known) {
      await breakTermScript.run(commands, located);
      onUnpublished(partition);
    }
    seen.record(partition, position);
    // How often that happened before, and the last event if it is one.
    const state = `${unpublished ?? '0'} ${position === (published ?? ORIGIN) ? ORIGIN : position}`;
    const before = this.#unpublished.get(partition) ?? `0 ${ORIGIN}`;
    this.#unpublished.set(partition, state);
    if (state !== before) onUnpublished(partition);
  }
}

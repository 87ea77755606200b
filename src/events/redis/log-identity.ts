import { randomBytes } from 'node:crypto';
import { LogUnavailableError } from '../port/errors.js';
import { Keys } from './keys.js';
import { migrate } from './migration.js';
import type { Commands } from './script.js';
import { stampScript } from './scripts/appending.js';

/** The format that this release writes. Earlier ones are migrated; see `migration.ts`. */
export const FORMAT = '5';
const READABLE: ReadonlySet<string> = new Set(['1', '2', '3', '4', FORMAT]);
const DEFAULT_PARTITIONS = 16;

interface Stored {
  readonly epoch: string;
  readonly partitions: number;
  readonly ticketKey: Uint8Array;
}

/**
 * Identity of the open log. The log in Redis can be replaced while gateways run, by FLUSHALL or another copy: whoever notices renews the
 * identity, which invalidates all cursors and channels of the old log.
 */
export class LogIdentity {
  #renewal: Promise<void> | null = null;
  #onReplaced: () => void = () => undefined;
  /** Why the current log cannot be used; null if it can. */
  #rejection: LogUnavailableError | null = null;

  private constructor(
    private readonly commands: Commands,
    private readonly prefix: string,
    readonly keys: Keys,
    private stored: Stored,
  ) {}

  /**
   * Opens the log, or creates it. Rejects with `LogUnavailableError`, whose message is for operators, if it has another format or number
   * of partitions.
   */
  static async open(commands: Commands, prefix: string, partitions: number | null): Promise<LogIdentity> {
    const stored = await prepare(commands, prefix, partitions);
    const identity = new LogIdentity(commands, prefix, new Keys(prefix, stored.partitions), stored);
    await identity.#stamp();
    return identity;
  }

  /** Unique per log, also for one recreated under the same keys. */
  get epoch(): string {
    return this.stored.epoch;
  }

  /** A secret shared by all gateways, to sign tickets. */
  get ticketKey(): Uint8Array {
    return this.stored.ticketKey;
  }

  /** Called when another log has replaced the open one. */
  onReplaced(listener: () => void): void {
    this.#onReplaced = listener;
  }

  /** Throws `LogUnavailableError` if the current log cannot be used by this gateway. Call before anything is stored or read. */
  requireUsable(): void {
    if (this.#rejection !== null) throw this.#rejection;
  }

  /** Checks whether the log is still the same. Rejects if it cannot be used by this gateway. */
  async compare(): Promise<void> {
    const [epoch, format] = await this.commands.hmget(Keys.log(this.prefix), 'epoch', 'format');
    if (epoch !== this.epoch || format !== FORMAT) await this.renew();
    else this.#rejection = null;
  }

  /** Adopts the current log, and stamps its epoch on every partition. */
  renew(): Promise<void> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #renew(): Promise<void> {
    const stored = await this.#prepare();
    const isReplaced = stored.epoch !== this.epoch;
    this.stored = stored;
    await this.#stamp();
    if (isReplaced) this.#onReplaced();
  }

  async #prepare(): Promise<Stored> {
    try {
      const stored = await prepare(this.commands, this.prefix, this.stored.partitions);
      this.#rejection = null;
      return stored;
    } catch (error) {
      if (error instanceof LogUnavailableError) this.#rejection = error;
      throw error;
    }
  }

  async #stamp(): Promise<void> {
    await Promise.all(this.keys.all().map((located) => stampScript.run(this.commands, located, this.epoch)));
  }
}

/** Reads the log's record, or creates it. Of two gateways that create it concurrently, the first value wins. */
async function prepare(commands: Commands, prefix: string, requested: number | null): Promise<Stored> {
  const key = Keys.log(prefix);
  const initial = {
    partitions: String(requested ?? DEFAULT_PARTITIONS),
    epoch: randomBytes(6).toString('base64url'),
    ticketKey: randomBytes(32).toString('base64url'),
    format: FORMAT,
  };
  for (const [field, value] of Object.entries(initial)) await commands.hsetnx(key, field, value);
  const { format = '?', epoch = '', partitions, ticketKey = '' } = await commands.hgetall(key);
  if (!READABLE.has(format)) {
    throw new LogUnavailableError(`The event log in Redis has format ${format}; this release reads formats 1 to ${FORMAT}`);
  }
  const count = Number(partitions);
  if (requested !== null && requested !== count) {
    throw new LogUnavailableError(`The event log in Redis has ${count} partitions, not ${requested}: their number cannot be changed`);
  }
  if (format !== FORMAT) {
    await migrate(commands, new Keys(prefix, count));
    await commands.hset(key, 'format', FORMAT);
  }
  return { epoch, partitions: count, ticketKey: Buffer.from(ticketKey, 'base64url') };
}

import { randomBytes } from 'node:crypto';
import { LogUnavailableError } from '../port/errors.js';
import { Keys } from './keys.js';
import { migrate } from './migration.js';
import type { Commands } from './script.js';
import { stampScript } from './scripts/appending.js';

/** The format that this release writes. Earlier ones it migrates; see `migration.ts`. */
export const FORMAT = '2';
const READABLE: ReadonlySet<string> = new Set(['1', FORMAT]);
const DEFAULT_PARTITIONS = 16;

interface Stored {
  readonly epoch: string;
  readonly partitions: number;
  readonly ticketKey: Uint8Array;
}

/**
 * Which log this is. What is in Redis can be replaced while gateways run, by FLUSHALL or another copy: whoever notices renews the identity, and then all cursors and channels of the
 * old log are over.
 */
export class Identity {
  #renewing: Promise<void> | null = null;
  #onReplaced: () => void = () => undefined;
  /** Why the log that is there now cannot be used. */
  #refusal: LogUnavailableError | null = null;

  private constructor(
    private readonly commands: Commands,
    private readonly prefix: string,
    readonly keys: Keys,
    private stored: Stored,
  ) {}

  /** Makes the log where there is none. Rejects with `LogUnavailableError`, whose message is for operators, where it is of another format or number of partitions. */
  static async open(commands: Commands, prefix: string, partitions: number | null): Promise<Identity> {
    const stored = await prepare(commands, prefix, partitions);
    const identity = new Identity(commands, prefix, new Keys(prefix, stored.partitions), stored);
    await identity.#stamp();
    return identity;
  }

  /** Different for each log, also for one that was made anew in the same position. */
  get epoch(): string {
    return this.stored.epoch;
  }

  /** A secret that all gateways have, to sign tickets with. */
  get ticketKey(): Uint8Array {
    return this.stored.ticketKey;
  }

  /** Called when another log has replaced the one that was open. */
  onReplaced(listener: () => void): void {
    this.#onReplaced = listener;
  }

  /** Throws `LogUnavailableError` where a log lies there that this gateway cannot use. To be called before anything is stored in it, or read. */
  requireUsable(): void {
    if (this.#refusal !== null) throw this.#refusal;
  }

  /** Looks whether the log is still the same. Rejects where it is one that this gateway cannot use. */
  async compare(): Promise<void> {
    const [epoch, format] = await this.commands.hmget(Keys.log(this.prefix), 'epoch', 'format');
    if (epoch !== this.epoch || format !== FORMAT) await this.renew();
    else this.#refusal = null;
  }

  /** Takes over the log that is there now, and makes every partition one of it. */
  renew(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
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
      this.#refusal = null;
      return stored;
    } catch (error) {
      if (error instanceof LogUnavailableError) this.#refusal = error;
      throw error;
    }
  }

  async #stamp(): Promise<void> {
    await Promise.all(this.keys.all().map((located) => stampScript.run(this.commands, located, this.epoch)));
  }
}

/** Reads the log's own record. Of two gateways that make it at once, one is the first. */
async function prepare(commands: Commands, prefix: string, asked: number | null): Promise<Stored> {
  const key = Keys.log(prefix);
  const made = {
    partitions: String(asked ?? DEFAULT_PARTITIONS),
    epoch: randomBytes(6).toString('base64url'),
    ticketKey: randomBytes(32).toString('base64url'),
    format: FORMAT,
  };
  for (const [field, value] of Object.entries(made)) await commands.hsetnx(key, field, value);
  const { format = '?', epoch = '', partitions, ticketKey = '' } = await commands.hgetall(key);
  if (!READABLE.has(format)) {
    throw new LogUnavailableError(`The event log in Redis has format ${format}; this release reads formats ${[...READABLE].join(' and ')}`);
  }
  const count = Number(partitions);
  if (asked !== null && asked !== count) {
    throw new LogUnavailableError(`The event log in Redis has ${count} partitions, not ${asked}: their number cannot be changed`);
  }
  if (format !== FORMAT) {
    await migrate(commands, new Keys(prefix, count));
    await commands.hset(key, 'format', FORMAT);
  }
  return { epoch, partitions: count, ticketKey: Buffer.from(ticketKey, 'base64url') };
}

import { decodeDeadLetter } from '../port/dead-letter-codec.js';
import { scopeHash, scopeOf } from '../port/cursor.js';
import { fromReport, toReport } from '../port/receiver-report.js';
import { decodeUnknownChannels } from '../port/unknown-channels-codec.js';
import type {
  DeadLetter,
  Disabled,
  LeaseRequest,
  ReceiverReport,
  ShardProgress,
  SinkLease,
  SinkState,
  SinkStore,
} from '../port/sink-store.js';
import type { CommandRunner } from './command-runner.js';
import { hashId } from './keys.js';
import type { Keys } from './keys.js';
import type { Commands, Script } from './script.js';
import {
  addLetterScript,
  advanceScript,
  disableScript,
  expireLettersScript,
  leaseScript,
  leaveScript,
  listLettersScript,
  removeLettersScript,
  reportScript,
  requestScript,
  takeRequestedScript,
} from './scripts/sinks.js';

/** Stores the progress of sinks beside the event log in Redis. Leases go by Redis's clock. */
export class RedisSinkStore implements SinkStore {
  readonly #known = new Set<string>();

  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly runner: CommandRunner,
  ) {}

  lease({ sink, owner, shards: count, ttlMs, start }: LeaseRequest): Promise<SinkLease> {
    const { state, order, requested: due } = this.keys.sink(sink);
    return this.runner.run(async () => {
      if (!this.#known.has(sink)) await this.commands.sadd(this.keys.sinks(), sink);
      this.#known.add(sink);
      const reply = await leaseScript.run(this.commands, [state, order, due], owner, count, ttlMs, start);
      const [share, nextFreeMs, at, reason, deadLetters, requested, shards] = reply;
      return {
        shards: shards.map(([shard, token, cursor]) => ({ shard, token: Number(token), cursor })),
        share,
        nextFreeMs,
        disabled: toDisabled(at, reason),
        deadLetters,
        requested,
      };
    });
  }

  advance(sink: string, owner: string, progress: readonly ShardProgress[]): Promise<readonly number[]> {
    return this.#advance(sink, owner, progress, '0');
  }

  async release(sink: string, owner: string, progress: readonly ShardProgress[]): Promise<void> {
    await this.#advance(sink, owner, progress, '1');
  }

  async leave(sink: string, owner: string): Promise<void> {
    await this.runner.run(() => leaveScript.run(this.commands, [this.keys.sink(sink).state], owner));
  }

  async report(sink: string, report: ReceiverReport): Promise<void> {
    const { acceptedAt, failedAt, reason } = fromReport(report);
    await this.runner.run(() => reportScript.run(this.commands, [this.keys.sink(sink).state], acceptedAt, failedAt, reason));
  }

  async reportUnknownChannels(sink: string, channelIds: readonly string[]): Promise<void> {
    const { state } = this.keys.sink(sink);
    await this.runner.run(() =>
      channelIds.length === 0 ? this.commands.hdel(state, 'channels') : this.commands.hset(state, 'channels', JSON.stringify(channelIds)),
    );
  }

  async disable(sink: string, { at, reason }: Disabled): Promise<void> {
    await this.runner.run(() => disableScript.run(this.commands, [this.keys.sink(sink).state], at.getTime(), reason));
  }

  async enable(sink: string): Promise<boolean> {
    return (await this.runner.run(() => this.commands.hdel(this.keys.sink(sink).state, 'at', 'reason'))) > 0;
  }

  async addDeadLetter(sink: string, letter: DeadLetter): Promise<void> {
    await this.#onLetters(addLetterScript, sink, fieldOf(letter), letter.failedAt.getTime(), JSON.stringify(letter));
  }

  async deadLetters(sink: string, limit: number): Promise<readonly DeadLetter[]> {
    const { letters, order } = this.keys.sink(sink);
    return (await this.runner.run(() => listLettersScript.run(this.commands, [letters, order], limit))).map(decodeDeadLetter);
  }

  requestRetry(sink: string, eventId: string | null): Promise<number> {
    const { letters, requested } = this.keys.sink(sink);
    const wanted = eventId === null ? '' : `:${hashId(eventId)}`;
    return this.runner.run(() => requestScript.run(this.commands, [letters, requested], wanted));
  }

  async takeRequested(sink: string, limit: number): Promise<readonly DeadLetter[]> {
    return (await this.#onLetters(takeRequestedScript, sink, limit)).map(decodeDeadLetter);
  }

  async removeDeadLetter(sink: string, eventId: string): Promise<void> {
    const wanted = `:${hashId(eventId)}`;
    const fields = await this.runner.run(() => this.commands.hkeys(this.keys.sink(sink).letters));
    await this.#remove(
      sink,
      fields.filter((field) => field.endsWith(wanted)),
    );
  }

  expireDeadLetters(sink: string, failedBefore: Date): Promise<number> {
    return this.#onLetters(expireLettersScript, sink, failedBefore.getTime());
  }

  async states(): Promise<readonly SinkState[]> {
    const names = await this.runner.run(() => this.commands.smembers(this.keys.sinks()));
    return Promise.all(names.toSorted().map((name) => this.runner.run(() => this.#state(name))));
  }

  /** Erases what is kept of a conversation's events, in all sinks. */
  async erase(conversationId: string): Promise<void> {
    const prefix = `${scopeHash({ conversationId })}:`;
    for (const sink of await this.commands.smembers(this.keys.sinks())) {
      const fields = await this.commands.hkeys(this.keys.sink(sink).letters);
      await this.#remove(
        sink,
        fields.filter((field) => field.startsWith(prefix)),
      );
    }
  }

  #advance(sink: string, owner: string, progress: readonly ShardProgress[], release: '0' | '1'): Promise<readonly number[]> {
    const args = progress.flatMap(({ shard, token, cursor }) => [shard, token, cursor]);
    return this.runner.run(() => advanceScript.run(this.commands, [this.keys.sink(sink).state], owner, release, ...args));
  }

  async #remove(sink: string, fields: readonly string[]): Promise<void> {
    if (fields.length > 0) await this.#onLetters(removeLettersScript, sink, ...fields);
  }

  #onLetters<Reply>(script: Script<Reply>, sink: string, ...args: (string | number)[]): Promise<Reply> {
    const { letters, order, requested } = this.keys.sink(sink);
    return this.runner.run(() => script.run(this.commands, [letters, order, requested], ...args));
  }

  async #state(sink: string): Promise<SinkState> {
    const { state, order } = this.keys.sink(sink);
    const [known, deadLetters, [seconds]] = await Promise.all([
      this.commands.hgetall(state),
      this.commands.zcard(order),
      this.commands.time(),
    ]);
    const shards = Object.keys(known).flatMap((field) => {
      const shard = /^t(\d+)$/.exec(field)?.[1];
      if (shard === undefined) return [];
      const owned = known[`o${shard}`] !== undefined && Number(known[`u${shard}`]) > Number(seconds) * 1_000;
      return [{ shard: Number(shard), cursor: known[`c${shard}`] ?? known['start'] ?? '', owned }];
    });
    return {
      sink,
      disabled: toDisabled(known['at'] ?? null, known['reason'] ?? null),
      shards: shards.sort((a, b) => a.shard - b.shard),
      deadLetters,
      unknownChannels: decodeUnknownChannels(known['channels']),
      ...toReport({
        acceptedAt: Number(known['accepted'] ?? 0),
        failedAt: Number(known['failed'] ?? 0),
        reason: known['failure'] ?? '',
      }),
    };
  }
}

const fieldOf = (letter: DeadLetter): string => `${scopeHash(scopeOf(letter))}:${hashId(letter.eventId)}`;

const toDisabled = (at: string | null, reason: string | null): Disabled | null =>
  at === null ? null : { at: new Date(Number(at)), reason: reason ?? '' };

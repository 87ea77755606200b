import type { Clock } from '../../domain/clock.js';
import { decodeDeadLetter } from '../port/dead-letter-codec.js';
import { fromReport, toReport } from '../port/receiver-report.js';
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
import type { StoreClient } from './store-client.js';

/** Stores the progress of sinks in the file of the SQLite event log. */
export class SqliteSinkStore implements SinkStore {
  constructor(
    private readonly store: StoreClient,
    private readonly clock: Clock,
  ) {}

  async lease(request: LeaseRequest): Promise<SinkLease> {
    const lease = await this.store.ask('leaseShards', { ...request, now: this.clock() });
    return { ...lease, disabled: toDisabled(lease.disabled) };
  }

  advance(sink: string, owner: string, progress: readonly ShardProgress[]): Promise<readonly number[]> {
    return this.store.ask('advanceShards', { sink, owner, progress, release: false });
  }

  async release(sink: string, owner: string, progress: readonly ShardProgress[]): Promise<void> {
    await this.store.ask('advanceShards', { sink, owner, progress, release: true });
  }

  async leave(sink: string, owner: string): Promise<void> {
    await this.store.ask('leaveSink', { sink, owner });
  }

  async report(sink: string, report: ReceiverReport): Promise<void> {
    await this.store.ask('reportReceiver', { sink, ...fromReport(report) });
  }

  async reportUnknownChannels(sink: string, channelIds: readonly string[]): Promise<void> {
    await this.store.ask('reportUnknownChannels', { sink, channelIds });
  }

  async disable(sink: string, { at, reason }: Disabled): Promise<void> {
    await this.store.ask('disableSink', { sink, disabled: { at: at.getTime(), reason } });
  }

  enable(sink: string): Promise<boolean> {
    return this.store.ask('disableSink', { sink, disabled: null });
  }

  async addDeadLetter(sink: string, letter: DeadLetter): Promise<void> {
    await this.store.ask('addDeadLetter', { sink, letter });
  }

  async deadLetters(sink: string, limit: number): Promise<readonly DeadLetter[]> {
    return (await this.store.ask('deadLetters', { sink, limit, take: false })).map(decodeDeadLetter);
  }

  requestRetry(sink: string, eventId: string | null): Promise<number> {
    return this.store.ask('requestRetry', { sink, eventId });
  }

  async takeRequested(sink: string, limit: number): Promise<readonly DeadLetter[]> {
    return (await this.store.ask('deadLetters', { sink, limit, take: true })).map(decodeDeadLetter);
  }

  async removeDeadLetter(sink: string, eventId: string): Promise<void> {
    await this.store.ask('removeDeadLetters', { sink, eventId, failedBefore: 0 });
  }

  expireDeadLetters(sink: string, failedBefore: Date): Promise<number> {
    return this.store.ask('removeDeadLetters', { sink, eventId: null, failedBefore: failedBefore.getTime() });
  }

  async states(): Promise<readonly SinkState[]> {
    const states = await this.store.ask('sinkStates', { now: this.clock() });
    return states.map(({ sink, shards, deadLetters, unknownChannels, disabled, ...receiver }) => ({
      ...{ sink, shards, deadLetters, unknownChannels },
      disabled: toDisabled(disabled),
      ...toReport(receiver),
    }));
  }
}

const toDisabled = (stored: { readonly at: number; readonly reason: string } | null): Disabled | null =>
  stored === null ? null : { at: new Date(stored.at), reason: stored.reason };

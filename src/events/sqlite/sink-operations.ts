import type { DeadLetter, LeaseRequest, ShardProgress } from '../port/sink-store.js';

/** The worker's operations for sinks, their input and result. Times are epoch milliseconds. */
export interface SinkOperations {
  leaseShards: {
    input: LeaseRequest & { readonly now: number };
    result: {
      readonly shards: readonly ShardProgress[];
      readonly share: number;
      readonly nextFreeMs: number | null;
      readonly disabled: { readonly at: number; readonly reason: string } | null;
      readonly deadLetters: number;
      readonly requested: number;
    };
  };
  advanceShards: {
    input: { readonly sink: string; readonly owner: string; readonly progress: readonly ShardProgress[]; readonly release: boolean };
    result: readonly number[];
  };
  /** Times are 0 if there is none. */
  reportReceiver: {
    input: { readonly sink: string; readonly acceptedAt: number; readonly failedAt: number; readonly reason: string };
    result: null;
  };
  reportUnknownChannels: { input: { readonly sink: string; readonly channelIds: readonly string[] }; result: null };
  leaveSink: { input: { readonly sink: string; readonly owner: string }; result: null };
  /** `disabled`: null enables it. True if that changed anything. */
  disableSink: {
    input: { readonly sink: string; readonly disabled: { readonly at: number; readonly reason: string } | null };
    result: boolean;
  };
  addDeadLetter: { input: { readonly sink: string; readonly letter: DeadLetter }; result: null };
  deadLetters: { input: { readonly sink: string; readonly limit: number; readonly take: boolean }; result: readonly string[] };
  requestRetry: { input: { readonly sink: string; readonly eventId: string | null }; result: number };
  removeDeadLetters: {
    input: { readonly sink: string; readonly eventId: string | null; readonly failedBefore: number };
    result: number;
  };
  sinkStates: {
    input: { readonly now: number };
    result: readonly {
      readonly sink: string;
      readonly disabled: { readonly at: number; readonly reason: string } | null;
      readonly shards: readonly { readonly shard: number; readonly cursor: string; readonly owned: boolean }[];
      readonly deadLetters: number;
      readonly unknownChannels: readonly string[];
      readonly acceptedAt: number;
      readonly failedAt: number;
      readonly reason: string;
    }[];
  };
}

import { RepeatedTask } from '../domain/repeated-task.js';
import type { SinkStore } from '../events/port/sink-store.js';
import type { Logger } from '../observability/logger.js';

/** The channels (vendor ids) that a sink is limited to; empty for all. */
export interface SinkChannels {
  readonly sink: string;
  readonly channelIds: readonly string[];
}

export interface WatchChannelsOptions {
  readonly sinks: readonly SinkChannels[];
  /** Null if it cannot be found out now. Must not reject. */
  readonly channelExists: (channelId: string) => Promise<boolean | null>;
  readonly store: Pick<SinkStore, 'reportUnknownChannels'>;
  readonly logger: Logger;
  /** After how long a channel is looked for again that was not found, in milliseconds. */
  readonly repeatMs: number;
}

export interface WatchedChannels {
  /** Those of a sink that do not exist, as last seen. */
  unknownOf(sink: string): readonly string[];
  close(): void;
}

/**
 * Looks for the channels that sinks name, each until it is found, and reports those that do not exist: a sink with a mistyped id would wait for events in vain. What is reported of
 * a sink earlier is replaced, so that nothing outlives a corrected file.
 */
export function watchChannels({ sinks, channelExists, store, logger, repeatMs }: WatchChannelsOptions): WatchedChannels {
  const missing = new Map(sinks.map(({ sink, channelIds }) => [sink, channelIds]));
  const unknown = new Map<string, readonly string[]>();
  const reported = new Map<string, string>();

  async function look(sink: string, channelIds: readonly string[]): Promise<void> {
    const before = unknown.get(sink) ?? [];
    const found = await Promise.all(channelIds.map(async (channelId) => [channelId, await channelExists(channelId)] as const));
    const left = found.filter(([, exists]) => exists !== true);
    missing.set(
      sink,
      left.map(([channelId]) => channelId),
    );
    // What cannot be looked up now is as it was.
    const now = left.filter(([channelId, exists]) => exists === false || before.includes(channelId)).map(([channelId]) => channelId);
    unknown.set(sink, now);
    for (const channelId of now)
      if (!before.includes(channelId)) logger.warn({ sink, channelId }, 'sink names a channel that the contact centre does not have');
    for (const channelId of before)
      if (!now.includes(channelId)) logger.info({ sink, channelId }, 'the contact centre has the channel of a sink now');
    await report(
      sink,
      now,
      left.every(([, exists]) => exists !== null),
    );
  }

  /** Until all is known, what was reported before may be right. */
  async function report(sink: string, now: readonly string[], isComplete: boolean): Promise<void> {
    const text = JSON.stringify(now);
    if (!isComplete || reported.get(sink) === text) return;
    await store.reportUnknownChannels(sink, now);
    reported.set(sink, text);
  }

  const isSettled = ({ sink }: SinkChannels) => missing.get(sink)?.length === 0 && reported.has(sink);
  const task = new RepeatedTask(async () => {
    for (const each of sinks) {
      // What cannot be stored now is stored the next time.
      if (!task.isClosed && !isSettled(each)) await look(each.sink, missing.get(each.sink) ?? []).catch(() => undefined);
    }
    if (sinks.every(isSettled)) task.close();
    return repeatMs;
  });
  task.start();
  return { unknownOf: (sink) => unknown.get(sink) ?? [], close: () => task.close() };
}

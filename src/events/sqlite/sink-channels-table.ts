import { decodeUnknownChannels } from '../port/unknown-channels-codec.js';
import type { Driver } from './driver.js';
import type { OperationInput } from './worker-protocol.js';

/** See `SinkStore.reportUnknownChannels`. */
export function reportUnknownChannels(driver: Driver, { sink, channelIds }: OperationInput<'reportUnknownChannels'>): null {
  if (channelIds.length === 0) driver.run('DELETE FROM sink_channels WHERE sink = ?', sink);
  else driver.run('INSERT OR REPLACE INTO sink_channels (sink, unknown) VALUES (?, ?)', sink, JSON.stringify(channelIds));
  return null;
}

/** What `reportUnknownChannels` stored last; empty if nothing. */
export function readUnknownChannels(driver: Driver, sink: string): readonly string[] {
  const row = driver.row('SELECT unknown FROM sink_channels WHERE sink = ?', sink) as { readonly unknown: string } | undefined;
  return decodeUnknownChannels(row?.unknown);
}

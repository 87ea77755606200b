import type { ChannelRecord } from '../../domain/channel.js';
import { asId, asRecord, asText } from '../../domain/read.js';
import type { UnknownRecord } from '../../domain/read.js';
import { assignmentType, channelType } from '../../domain/upstream-words.js';
import type { Window, WindowOf } from '../../domain/window.js';
import type { ReadOptions } from '../chat-api.js';
import type { UpstreamClient } from '../upstream-client.js';
import { resource } from './hal.js';
import { windowOf } from './list-reader.js';
import { CHANNELS, channelPath } from './paths.js';

/** One channel; null where there is none. */
export async function channel(client: UpstreamClient, channelId: string, { asOf }: ReadOptions): Promise<ChannelRecord | null> {
  const path = channelPath(channelId);
  const body = path === null ? null : await client.read({ operation: 'channels.get', path, asOf });
  return body === null ? null : channelRecord(resource(body), channelId);
}

/** In order of id. */
export function channels(client: UpstreamClient, window: Window, read: ReadOptions): Promise<WindowOf<ChannelRecord>> {
  const item = (raw: UnknownRecord) => {
    const id = asId(raw['id']);
    return id === null ? null : channelRecord(raw, id);
  };
  return windowOf(client, { operation: 'channels.list', path: CHANNELS, rel: 'channels', sortBy: 'id', item }, window, read);
}

function channelRecord(raw: UnknownRecord, channelId: string): ChannelRecord {
  return {
    channelId: asId(raw['id']) ?? channelId,
    name: asText(raw['name']) ?? '',
    type: channelType(raw['type']),
    rawType: asText(raw['type']),
    queueId: queueId(raw),
    webhookId: asId(raw['webHookId']) ?? asId(raw['webhookId']),
  };
}

/** Where the channel's conversations go, which the contract calls by three names; null where that is no queue. */
function queueId(raw: UnknownRecord): string | null {
  const target = asRecord(raw['routingOptions']) ?? asRecord(raw['routingOption']) ?? asRecord(raw['assignment']);
  return assignmentType(target?.['type'] ?? 'queue') === 'QUEUE' ? asId(target?.['id']) : null;
}

import type { ChannelRecord } from '../../domain/channel.js';
import { NotFoundError } from '../../domain/errors.js';
import { asId, asRecord, asText } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import { assignmentType, channelType } from '../shared/enums.js';
import type { Window, WindowOf } from '../../domain/window.js';
import type { ChannelDraft, ReadOptions } from '../chat-api.js';
import type { UpstreamCalls } from '../upstream/upstream-call.js';
import { outcomeUnknown } from '../upstream/upstream-errors.js';
import { resource } from '../shared/json-body.js';
import { fetchWindow } from './list-reader.js';
import { CHANNELS, channelPath } from './paths.js';
import { channelBody } from './request-bodies.js';

const NO_CHANNEL = 'There is no such channel.';

/** One channel; null where there is none. */
export async function channel(client: UpstreamCalls, channelId: string, read: ReadOptions): Promise<ChannelRecord | null> {
  const path = channelPath(channelId);
  const body = path === null ? null : await client.read({ operation: 'channels.get', path, ...read });
  return body === null ? null : channelRecord(resource(body), channelId);
}

/** In order of id. */
export function channels(client: UpstreamCalls, window: Window, read: ReadOptions): Promise<WindowOf<ChannelRecord>> {
  const item = (raw: UnknownRecord) => {
    const id = asId(raw['id']);
    return id === null ? null : channelRecord(raw, id);
  };
  return fetchWindow(client, { operation: 'channels.list', path: CHANNELS, rel: 'channels', sortBy: 'id', item }, window, read);
}

/** Makes a channel. Rejects with `OutcomeUnknownError` also where the answer does not name what was made. */
export async function createChannel(client: UpstreamCalls, draft: ChannelDraft): Promise<ChannelRecord> {
  const body = channelBody(draft);
  const notFound = 'There is no such queue or webhook.';
  const answer = asRecord(
    await client.change({ operation: 'channels.create', method: 'POST', accepts: 200, path: CHANNELS, body, notFound }),
  );
  const channelId = asId(answer?.['id']);
  if (channelId === null) throw outcomeUnknown('an answer that does not name the channel made');
  return channelRecord({ ...body, ...answer }, channelId);
}

/** Changes a channel. The upstream replaces all of it, so that what is there is read first. */
export async function updateChannel(client: UpstreamCalls, channelId: string, change: Partial<ChannelDraft>): Promise<ChannelRecord> {
  const path = changedPath(channelId);
  const now = await client.read({ operation: 'channels.get', path, asOf: null });
  if (now === null) throw new NotFoundError(NO_CHANNEL);
  const raw = resource(now);
  const { name, webhookId } = channelRecord(raw, channelId);
  const kept = { name, ...(webhookId === null ? {} : { webhookId }) };
  const body = channelBody({ ...kept, ...change }, asId(raw['type']) ?? undefined, routing(raw));
  const answer = asRecord(
    await client.change({ operation: 'channels.update', method: 'PUT', accepts: 200, path, body, notFound: NO_CHANNEL }),
  );
  return channelRecord({ ...body, ...answer }, channelId);
}

/** Deletes a channel; its conversations remain. */
export async function deleteChannel(client: UpstreamCalls, channelId: string): Promise<void> {
  await client.change({ operation: 'channels.delete', method: 'DELETE', accepts: 204, path: changedPath(channelId), notFound: NO_CHANNEL });
}

function changedPath(channelId: string): string {
  const path = channelPath(channelId);
  if (path === null) throw new NotFoundError(NO_CHANNEL);
  return path;
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

/** Where the channel's conversations go, which the contract calls by three names. */
function routing(raw: UnknownRecord): UnknownRecord | null {
  return asRecord(raw['routingOptions']) ?? asRecord(raw['routingOption']) ?? asRecord(raw['assignment']);
}

/** Null where the channel's conversations go to no queue. */
function queueId(raw: UnknownRecord): string | null {
  const target = routing(raw);
  return assignmentType(target?.['type'] ?? 'queue') === 'QUEUE' ? asId(target?.['id']) : null;
}

import type { ChannelRecord } from '../../domain/channel.js';
import { NotFoundError } from '../../domain/errors.js';
import { asId, asRecord, asText } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import { assignmentType } from '../shared/enums.js';
import type { Window, WindowOf } from '../../domain/window.js';
import type { ChannelDraft, ReadOptions } from '../chat-api.js';
import { outcomeUnknown } from '../upstream/upstream-errors.js';
import { resource } from '../shared/json-body.js';
import { fetchWindow } from './list-reader.js';
import type { Upstream } from './paths.js';

const NO_CHANNEL = 'There is no such channel.';

/** One channel; null where there is none. */
export async function channel({ client, paths }: Upstream, channelId: string, read: ReadOptions): Promise<ChannelRecord | null> {
  const path = paths.channel(channelId);
  const body = path === null ? null : await client.read({ operation: 'channels.get', path, ...read });
  return body === null ? null : channelRecord(resource(body), channelId);
}

/** In the upstream's order, which by its contract is that of ids. */
export function channels({ client, paths }: Upstream, window: Window, read: ReadOptions): Promise<WindowOf<ChannelRecord>> {
  const item = (raw: UnknownRecord) => {
    const id = asId(raw['id']);
    return id === null ? null : channelRecord(raw, id);
  };
  return fetchWindow(client, { operation: 'channels.list', path: paths.channels, backwards: null, item }, window, read);
}

/** Makes a channel. Rejects with `OutcomeUnknownError` also where the answer does not name what was made. */
export async function createChannel({ client, paths }: Upstream, draft: ChannelDraft): Promise<ChannelRecord> {
  const body = channelBody(draft);
  const notFound = 'There is no such queue or webhook.';
  const answer = asRecord(
    await client.change({ operation: 'channels.create', method: 'POST', accepts: 200, path: paths.channels, body, notFound }),
  );
  const channelId = asId(answer?.['id']);
  if (channelId === null) throw outcomeUnknown('an answer that does not name the channel made');
  return channelRecord({ ...body, ...answer }, channelId);
}

/** Changes a channel. The upstream replaces all of it, so that what is there is read first. */
export async function updateChannel(upstream: Upstream, channelId: string, change: Partial<ChannelDraft>): Promise<ChannelRecord> {
  const { client } = upstream;
  const path = changedPath(upstream, channelId);
  const now = await client.read({ operation: 'channels.get', path, asOf: null });
  if (now === null) throw new NotFoundError(NO_CHANNEL);
  const { name, queueId, webhookId } = channelRecord(resource(now), channelId);
  const kept = { name, ...(queueId === null ? {} : { queueId }), ...(webhookId === null ? {} : { webhookId }) };
  const body = channelBody({ ...kept, ...change });
  const answer = asRecord(
    await client.change({ operation: 'channels.update', method: 'PUT', accepts: 200, path, body, notFound: NO_CHANNEL }),
  );
  return channelRecord({ ...body, ...answer }, channelId);
}

/** Deletes a channel; its conversations remain. */
export async function deleteChannel(upstream: Upstream, channelId: string): Promise<void> {
  const path = changedPath(upstream, channelId);
  await upstream.client.change({ operation: 'channels.delete', method: 'DELETE', accepts: 204, path, notFound: NO_CHANNEL });
}

function changedPath({ paths }: Upstream, channelId: string): string {
  const path = paths.channel(channelId);
  if (path === null) throw new NotFoundError(NO_CHANNEL);
  return path;
}

function channelBody({ name, queueId, webhookId }: Partial<ChannelDraft>): UnknownRecord {
  return { name, webHookId: webhookId, ...(queueId === undefined ? {} : { routingOptions: { type: 'queue', id: queueId } }) };
}

/** This API has channels of its own only, without a type. */
function channelRecord(raw: UnknownRecord, channelId: string): ChannelRecord {
  const routing = asRecord(raw['routingOptions']) ?? asRecord(raw['routingOption']);
  return {
    channelId: asId(raw['id']) ?? channelId,
    name: asText(raw['name']) ?? '',
    type: 'CHAT_API',
    rawType: null,
    queueId: assignmentType(routing?.['type'] ?? 'queue') === 'QUEUE' ? asId(routing?.['id']) : null,
    webhookId: asId(raw['webHookId']) ?? asId(raw['webhookId']),
  };
}

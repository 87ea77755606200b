import { channelExists } from '../datasources/channel-exists.js';
import type { ChannelReads } from '../datasources/channel-exists.js';
import type { ChatApi } from '../datasources/chat-api.js';
import { differs, ok, unknown } from '../datasources/diagnostics/finding.js';
import type { Finding } from '../datasources/diagnostics/finding.js';
import { GatewayError } from '../domain/errors.js';
import { vendorId } from '../schema/global-id.js';
import type { SinkSettings } from '../sinks/settings.js';

const CHECK = 'channels of sinks (SINKS_FILE)';
/** Not a read of any request. */
const READ = { asOf: 'doctor' };

/** Whether the contact centre has the channels that the sinks are limited to. Null if no sink is. */
export async function checkSinkChannels(
  api: Pick<ChatApi, 'channel' | 'conversations'>,
  sinks: readonly Pick<SinkSettings, 'name' | 'channelIds'>[],
): Promise<Finding | null> {
  const wanted = sinks.flatMap(({ name, channelIds }) => (channelIds ?? []).map((id) => ({ name, id: vendorId('Channel', id) ?? id })));
  if (wanted.length === 0) return null;
  const reads: ChannelReads = {
    channel: (id) => api.channel(id, READ),
    conversations: (window, selection) => api.conversations(window, READ, selection),
  };
  const missing: string[] = [];
  try {
    for (const { name, id } of wanted) if (!(await channelExists(reads, id))) missing.push(`sink "${name}" names ${id}`);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { check: CHECK, ...unknown(`the channels cannot be read: ${error.message}`) };
  }
  if (missing.length > 0) return { check: CHECK, ...differs(`there is no such channel: ${missing.join(', ')}`) };
  return { check: CHECK, ...ok(`${wanted.length} looked at`) };
}

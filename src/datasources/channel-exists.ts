import type { ChannelRecord } from '../domain/channel.js';
import { ALL_CONVERSATIONS } from '../domain/conversation-filter.js';
import type { ConversationSelection } from '../domain/conversation-filter.js';
import type { ConversationRecord } from '../domain/conversation.js';
import { UpstreamRejectedError } from '../domain/errors.js';
import type { Window, WindowOf } from '../domain/window.js';

/** How channels and conversations are read: as `ChatApi` reads them. */
export interface ChannelReads {
  readonly channel: (channelId: string) => Promise<ChannelRecord | null>;
  readonly conversations: (window: Window, selection: ConversationSelection) => Promise<WindowOf<ConversationRecord>>;
}

const ONE: Window = { kind: 'first', count: 1, from: 0, before: null };

/**
 * Whether the upstream has this channel, or at least a conversation of it: those of a deleted channel remain. The conversations are only asked for where the channel is not
 * found. Rejects with the `GatewayError` of a read that fails.
 */
export async function channelExists({ channel, conversations }: ChannelReads, channelId: string): Promise<boolean> {
  if ((await channel(channelId)) !== null) return true;
  const { filter } = ALL_CONVERSATIONS;
  try {
    const { items } = await conversations(ONE, { ...ALL_CONVERSATIONS, filter: { ...filter, channelId } });
    // An upstream that ignores the filter returns any conversation.
    return items.some((record) => record.channelId === channelId);
  } catch (error) {
    if (error instanceof UpstreamRejectedError) return false;
    throw error;
  }
}

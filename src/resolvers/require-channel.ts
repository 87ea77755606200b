import { RULES, isRoleEnough } from '../auth/rules.js';
import type { RequestContext } from '../context/request-context.js';
import { channelExists } from '../datasources/channel-exists.js';
import { NotFoundError } from '../domain/errors.js';

/**
 * Throws `NotFoundError` that names the argument if there is no such channel, whose id would otherwise look like that of a channel without conversations. The upstream is
 * asked once for a channel that this gateway does not remember; nothing is thrown if it cannot be asked.
 *
 * @param channelId vendor id; null for none
 */
export async function requireChannel(context: RequestContext, argument: string, channelId: string | null): Promise<void> {
  if (channelId !== null && (await isChannelMissing(context, channelId)))
    throw new NotFoundError(`\`${argument}\`: there is no such channel.`);
}

/**
 * Whether there is no such channel (vendor id). False if the upstream cannot be asked, and for viewers who may not read channels: the answer would reveal which ones
 * exist.
 */
export function isChannelMissing({ services, loaders, viewer }: RequestContext, channelId: string): boolean | Promise<boolean> {
  if (!isRoleEnough(RULES['Query']?.['channel'], viewer.role)) return false;
  const reads = {
    channel: (id: string) => loaders.channel.load(id),
    conversations: loaders.conversations.bind(loaders),
  };
  return services.channels.isMissing(channelId, () => channelExists(reads, channelId));
}

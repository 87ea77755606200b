import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { ChannelConnection } from '../schema/channel-connection.js';
import { Channel } from '../schema/channel.js';
import { ConnectionArgs } from '../schema/connection-args.js';
import type { ConnectionOf } from '../schema/connection.js';
import { Webhook } from '../schema/webhook.js';
import { eitherId, idArgument } from './arguments.js';
import { connection, toWindow } from './connections.js';
import { toChannel, toWebhook } from './to-graphql.js';

@Resolver(() => Channel)
export class ChannelResolver {
  @Query(() => Channel, { nullable: true, description: 'The channel with this id. Null if it does not exist or you may not see it.' })
  async channel(@Arg('id', () => ID, eitherId('channel')) id: string, @Ctx() { loaders }: RequestContext): Promise<Channel | null> {
    const record = await loaders.channel.load(idArgument('Channel', 'id', id));
    return record === null ? null : toChannel(record);
  }

  @Query(() => ChannelConnection, {
    description:
      'Channels through which conversations arrive. Cursors count from the start of the list: they are valid only while the list does not change.',
  })
  async channels(
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { api, loaders }: RequestContext,
  ): Promise<ConnectionOf<Channel>> {
    const window = toWindow('channels', args);
    return connection('channels', window, await api.channels(window, await loaders.asOf('all')), toChannel);
  }

  @FieldResolver(() => Webhook, {
    nullable: true,
    description: 'Webhook that receives its events; null if there is none or you may not see it.',
  })
  async webhook(@Root() { webhookId }: Channel, @Ctx() { loaders }: RequestContext): Promise<Webhook | null> {
    const record = webhookId === null ? null : await loaders.webhook.load(webhookId);
    return record === null ? null : toWebhook(record);
  }
}

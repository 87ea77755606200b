import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { ConnectionArgs } from '../schema/connection-args.js';
import type { ConnectionOf } from '../schema/connection.js';
import { WebhookConnection } from '../schema/webhook-connection.js';
import { Webhook } from '../schema/webhook.js';
import { eitherId, idArgument } from './arguments.js';
import { connection, toWindow } from './connections.js';
import { toWebhook } from './to-graphql.js';

@Resolver(() => Webhook)
export class WebhookResolver {
  @Query(() => Webhook, { nullable: true, description: 'The webhook with this id. Null if it does not exist or you may not see it.' })
  async webhook(@Arg('id', () => ID, eitherId('webhook')) id: string, @Ctx() { loaders }: RequestContext): Promise<Webhook | null> {
    const record = await loaders.webhook.load(idArgument('Webhook', 'id', id));
    return record === null ? null : toWebhook(record);
  }

  @Query(() => WebhookConnection, {
    description:
      'Webhook endpoints registered with the contact centre. Cursors count from the start of the list: they are valid only while the list does not change.',
  })
  async webhooks(
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { api, loaders }: RequestContext,
  ): Promise<ConnectionOf<Webhook>> {
    const window = toWindow('webhooks', args);
    return connection('webhooks', window, await api.webhooks(window, await loaders.asOf('all')), toWebhook);
  }
}

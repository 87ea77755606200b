import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { CreateChannelInput } from '../schema/create-channel-input.js';
import { CreateChannelPayload } from '../schema/create-channel-payload.js';
import { DeleteChannelInput } from '../schema/delete-channel-input.js';
import { DeleteChannelPayload } from '../schema/delete-channel-payload.js';
import { toGlobalId } from '../schema/global-id.js';
import { UpdateChannelInput } from '../schema/update-channel-input.js';
import { UpdateChannelPayload } from '../schema/update-channel-payload.js';
import type { UserError } from '../schema/user-error.js';
import { definedFields, nameErrors, emptyUpdateErrors } from './validate-admin-input.js';
import { idInput } from './id-input.js';
import { toChannel } from './to-graphql.js';
import { toUserErrors, userError } from './user-errors.js';

@Resolver()
export class ChangeChannelResolver {
  @Mutation(() => CreateChannelPayload, {
    description: "Creates a CHAT_API channel; other types can only be created in the contact centre's own tool.",
  })
  async createChannel(
    @Arg('input', () => CreateChannelInput) { name, queueId, webhookId }: CreateChannelInput,
    @Ctx() context: RequestContext,
  ): Promise<CreateChannelPayload> {
    const webhook = idInput('Webhook', 'webhookId', webhookId);
    const userErrors = [...nameErrors(name), ...queueErrors(queueId), ...webhook.userErrors];
    if (userErrors.length > 0) return { channel: null, userErrors };
    try {
      const channel = await context.api.createChannel({ name, queueId, webhookId: webhook.id });
      context.services.channels.remember(channel.channelId);
      context.resetLoaders();
      return { channel: toChannel(channel), userErrors: [] };
    } catch (error) {
      return { channel: null, userErrors: toUserErrors(error, 'queueId') };
    }
  }

  @Mutation(() => UpdateChannelPayload, { description: 'Updates the name, the webhook or the queue of a channel.' })
  async updateChannel(
    @Arg('input', () => UpdateChannelInput) { channelId, name, queueId, webhookId }: UpdateChannelInput,
    @Ctx() context: RequestContext,
  ): Promise<UpdateChannelPayload> {
    const { id, userErrors: idErrors } = idInput('Channel', 'channelId', channelId);
    const webhook = typeof webhookId === 'string' ? idInput('Webhook', 'webhookId', webhookId) : null;
    const userErrors = [
      ...idErrors,
      ...emptyUpdateErrors(name, queueId, webhookId),
      ...nameErrors(name),
      ...queueErrors(queueId),
      ...(webhook?.userErrors ?? []),
    ];
    if (userErrors.length > 0) return { channel: null, userErrors };
    try {
      const channel = await context.api.updateChannel(id, definedFields({ name, queueId, webhookId: webhook?.id }));
      context.resetLoaders();
      return { channel: toChannel(channel), userErrors: [] };
    } catch (error) {
      return { channel: null, userErrors: toUserErrors(error, 'channelId') };
    }
  }

  @Mutation(() => DeleteChannelPayload, { description: 'Deletes a channel. Existing conversations remain but no longer produce events.' })
  async deleteChannel(
    @Arg('input', () => DeleteChannelInput) { channelId }: DeleteChannelInput,
    @Ctx() context: RequestContext,
  ): Promise<DeleteChannelPayload> {
    const { id, userErrors } = idInput('Channel', 'channelId', channelId);
    if (userErrors.length > 0) return { deletedChannelId: null, userErrors };
    try {
      await context.api.deleteChannel(id);
      context.services.channels.forget(id);
      context.resetLoaders();
      return { deletedChannelId: toGlobalId('Channel', id), userErrors: [] };
    } catch (error) {
      return { deletedChannelId: null, userErrors: toUserErrors(error, 'channelId') };
    }
  }
}

function queueErrors(queueId: string | null | undefined): UserError[] {
  return queueId === '' ? [userError('REQUIRED', ['queueId'], 'A queue id is required.')] : [];
}

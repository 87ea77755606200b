import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { CreateWebhookInput } from '../schema/create-webhook-input.js';
import { CreateWebhookPayload } from '../schema/create-webhook-payload.js';
import { DeleteWebhookInput } from '../schema/delete-webhook-input.js';
import { DeleteWebhookPayload } from '../schema/delete-webhook-payload.js';
import { toGlobalId } from '../schema/global-id.js';
import { UpdateWebhookInput } from '../schema/update-webhook-input.js';
import { UpdateWebhookPayload } from '../schema/update-webhook-payload.js';
import { VerifyWebhookInput } from '../schema/verify-webhook-input.js';
import { VerifyWebhookPayload } from '../schema/verify-webhook-payload.js';
import { definedFields, nameErrors, emptyUpdateErrors, urlErrors } from './validate-admin-input.js';
import { idInput } from './id-input.js';
import { toWebhook } from './to-graphql.js';
import { toUserErrors } from './user-errors.js';

@Resolver()
export class ChangeWebhookResolver {
  @Mutation(() => CreateWebhookPayload, {
    description: 'Registers a webhook with the contact centre for events in the format that this gateway reads.',
  })
  async createWebhook(
    @Arg('input', () => CreateWebhookInput) { name, url }: CreateWebhookInput,
    @Ctx() context: RequestContext,
  ): Promise<CreateWebhookPayload> {
    const userErrors = [...nameErrors(name), ...urlErrors(url)];
    if (userErrors.length > 0) return { webhook: null, userErrors };
    try {
      const webhook = await context.api.createWebhook({ name, url: url.href });
      context.resetLoaders();
      return { webhook: toWebhook(webhook), userErrors: [] };
    } catch (error) {
      return { webhook: null, userErrors: toUserErrors(error, 'url') };
    }
  }

  @Mutation(() => UpdateWebhookPayload, { description: 'Updates a webhook and sets its event format to the one that this gateway reads.' })
  async updateWebhook(
    @Arg('input', () => UpdateWebhookInput) { webhookId, name, url }: UpdateWebhookInput,
    @Ctx() context: RequestContext,
  ): Promise<UpdateWebhookPayload> {
    const { id, userErrors: idErrors } = idInput('Webhook', 'webhookId', webhookId);
    const userErrors = [...idErrors, ...emptyUpdateErrors(name, url), ...nameErrors(name), ...urlErrors(url)];
    if (userErrors.length > 0) return { webhook: null, userErrors };
    try {
      const webhook = await context.api.updateWebhook(id, definedFields({ name, url: url?.href }));
      context.resetLoaders();
      return { webhook: toWebhook(webhook), userErrors: [] };
    } catch (error) {
      return { webhook: null, userErrors: toUserErrors(error, 'webhookId') };
    }
  }

  @Mutation(() => DeleteWebhookPayload, { description: 'Deletes a webhook. Rejected with CONFLICT while a channel uses it.' })
  async deleteWebhook(
    @Arg('input', () => DeleteWebhookInput) { webhookId }: DeleteWebhookInput,
    @Ctx() context: RequestContext,
  ): Promise<DeleteWebhookPayload> {
    const { id, userErrors } = idInput('Webhook', 'webhookId', webhookId);
    if (userErrors.length > 0) return { deletedWebhookId: null, userErrors };
    try {
      await context.api.deleteWebhook(id);
      context.resetLoaders();
      return { deletedWebhookId: toGlobalId('Webhook', id), userErrors: [] };
    } catch (error) {
      return { deletedWebhookId: null, userErrors: toUserErrors(error, 'webhookId') };
    }
  }

  @Mutation(() => VerifyWebhookPayload, {
    description: 'Asks the contact centre to send a verification request to `url`; failures are in `userErrors`. Nothing is registered.',
  })
  async verifyWebhook(
    @Arg('input', () => VerifyWebhookInput) { url }: VerifyWebhookInput,
    @Ctx() context: RequestContext,
  ): Promise<VerifyWebhookPayload> {
    const userErrors = urlErrors(url);
    if (userErrors.length > 0) return { verified: false, userErrors };
    try {
      await context.api.verifyWebhook(url.href);
      return { verified: true, userErrors: [] };
    } catch (error) {
      return { verified: false, userErrors: toUserErrors(error, 'url') };
    }
  }
}

import { fromGlobalId, toGlobalId } from '../../src/schema/global-id.js';
import {
  ChannelWithWebhookDocument,
  CreateChannelDocument,
  CreateWebhookDocument,
  DeleteChannelDocument,
  DeleteWebhookDocument,
  UpdateChannelDocument,
  UpdateWebhookDocument,
  VerifyWebhookDocument,
  WebhookDocument,
  WebhookNodeDocument,
  WebhooksDocument,
} from '../operations/operations.generated.js';
import { RunningGateway } from '../support/running-gateway.js';
import { describeGenerations } from '../support/generations.js';

describeGenerations('administration', (generation) => {
  let running: RunningGateway;
  beforeEach(async () => {
    running = await RunningGateway.start({ generation });
  });
  afterEach(() => running.stop());

  const notificationVersion = generation.eventVersion;
  const error = (code: string, field: string[] | null) => [{ code, field, message: expect.any(String) as string }];

  async function aWebhook(name = 'Hook', url = 'https://example.com/hook') {
    const { createWebhook } = await running.get(CreateWebhookDocument, { input: { name, url } });
    if (createWebhook.webhook === null) throw new Error('not made');
    return createWebhook.webhook;
  }

  describe('webhooks', () => {
    it('are created, found in every way, changed and deleted', async () => {
      const made = await aWebhook();
      expect(made).toEqual({ ...made, name: 'Hook', url: 'https://example.com/hook', notificationVersion });
      expect((await running.get(WebhookDocument, { id: made.id })).webhook).toEqual(made);
      expect((await running.get(WebhookDocument, { id: made.webhookId })).webhook).toEqual(made);
      expect((await running.get(WebhookNodeDocument, { id: made.id })).node).toEqual({ __typename: 'Webhook', ...made });
      const { webhooks } = await running.get(WebhooksDocument, { first: 10 });
      expect(webhooks.totalCount).toBe(2);
      expect(webhooks.nodes).toContainEqual(made);

      const { updateWebhook } = await running.get(UpdateWebhookDocument, { input: { webhookId: made.id, name: 'Other' } });
      expect(updateWebhook).toEqual({ webhook: { ...made, name: 'Other' }, userErrors: [] });
      expect((await running.get(WebhookDocument, { id: made.id })).webhook).toEqual({ ...made, name: 'Other' });

      const { deleteWebhook } = await running.get(DeleteWebhookDocument, { input: { webhookId: made.webhookId } });
      expect(deleteWebhook).toEqual({ deletedWebhookId: made.id, userErrors: [] });
      expect((await running.get(WebhookDocument, { id: made.id })).webhook).toBeNull();
      expect((await running.get(WebhookNodeDocument, { id: made.id })).node).toBeNull();
    });

    it('cannot be deleted while a channel reports to them', async () => {
      const [webhookId = ''] = running.simulator.centre.directory.webhooks.keys();
      const { deleteWebhook } = await running.get(DeleteWebhookDocument, { input: { webhookId } });
      expect(deleteWebhook).toEqual({ deletedWebhookId: null, userErrors: error('CONFLICT', null) });
    });

    it.each([
      [{ name: '', url: 'https://example.com/' }, error('REQUIRED', ['name'])],
      [{ name: 'x'.repeat(256), url: 'https://example.com/' }, error('TOO_LONG', ['name'])],
      [{ name: 'Hook', url: 'ftp://example.com/' }, error('INVALID', ['url'])],
    ])('are rejected when created from %j', async (input, userErrors) => {
      expect((await running.get(CreateWebhookDocument, { input })).createWebhook).toEqual({ webhook: null, userErrors });
    });

    it.each([
      [{ webhookId: 'none', name: 'x' }, error('NOT_FOUND', ['webhookId'])],
      [{ webhookId: '', name: 'x' }, error('REQUIRED', ['webhookId'])],
      [{ webhookId: toGlobalId('Channel', 'c1'), name: 'x' }, error('INVALID', ['webhookId'])],
      [{ webhookId: 'none' }, error('REQUIRED', null)],
    ])('are rejected when changed by %j', async (input, userErrors) => {
      expect((await running.get(UpdateWebhookDocument, { input })).updateWebhook).toEqual({ webhook: null, userErrors });
    });

    it('are verified by the contact centre, which reaches this gateway but not a closed port', async () => {
      const verify = async (url: string) => (await running.get(VerifyWebhookDocument, { input: { url } })).verifyWebhook;
      await expect(verify(running.addresses.webhookUrl)).resolves.toEqual({ verified: true, userErrors: [] });
      await expect(verify('http://127.0.0.1:9/')).resolves.toEqual({ verified: false, userErrors: error('UPSTREAM_REFUSED', null) });
      await expect(verify('mailto:me@example.com')).resolves.toEqual({ verified: false, userErrors: error('INVALID', ['url']) });
    });
  });

  describe('channels', () => {
    it('are created, changed and deleted, and show their webhook and queue', async () => {
      const hook = await aWebhook();
      const [one = '', two = ''] = running.simulator.queueIds;
      const { createChannel } = await running.get(CreateChannelDocument, { input: { name: 'Web', queueId: one, webhookId: hook.id } });
      expect(createChannel).toMatchObject({
        channel: { name: 'Web', type: 'CHAT_API', rawType: generation.channelType, queue: { queueId: one }, webhook: hook },
        userErrors: [],
      });
      const id = createChannel.channel?.id ?? '';
      expect((await running.get(ChannelWithWebhookDocument, { id })).channel).toEqual(createChannel.channel);

      const { updateChannel } = await running.get(UpdateChannelDocument, { input: { channelId: id, queueId: two } });
      expect(updateChannel).toEqual({ channel: { ...createChannel.channel, queue: { queueId: two } }, userErrors: [] });

      const { deleteChannel } = await running.get(DeleteChannelDocument, { input: { channelId: id } });
      expect(deleteChannel).toEqual({ deletedChannelId: id, userErrors: [] });
      expect((await running.get(ChannelWithWebhookDocument, { id })).channel).toBeNull();
    });

    it.each([
      ['an unknown queue', { queueId: 'none' }, 'routingOptions.id'],
      ['an unknown webhook', { webhookId: 'none' }, 'webHookId'],
    ])('are rejected with %s, with the upstream’s message', async (_what, wrong, named) => {
      const [webhookId = ''] = running.simulator.centre.directory.webhooks.keys();
      const input = { name: 'Web', queueId: running.simulator.queueIds[0] ?? '', webhookId, ...wrong };
      const { createChannel } = await running.get(CreateChannelDocument, { input });
      expect(createChannel).toEqual({ channel: null, userErrors: error('UPSTREAM_REFUSED', null) });
      expect(createChannel.userErrors[0]?.message).toContain(named);
    });

    it.each([
      [{ channelId: 'none', name: 'x' }, error('NOT_FOUND', ['channelId'])],
      [{ channelId: 'none' }, error('REQUIRED', null)],
      [{ channelId: 'none', queueId: '' }, error('REQUIRED', ['queueId'])],
      [{ channelId: 'none', webhookId: toGlobalId('Channel', 'c1') }, error('INVALID', ['webhookId'])],
    ])('are rejected when changed by %j', async (input, userErrors) => {
      expect((await running.get(UpdateChannelDocument, { input })).updateChannel).toEqual({ channel: null, userErrors });
    });

    it('have no webhook if it was deleted', async () => {
      const channelId = running.simulator.channelId;
      const channel = running.simulator.centre.directory.channels.get(channelId);
      if (channel !== undefined) channel.webhookId = 'gone';
      expect((await running.get(ChannelWithWebhookDocument, { id: channelId })).channel).toMatchObject({ channelId, webhook: null });
    });
  });

  describe('a global id', () => {
    it('of a webhook holds its vendor id', async () => {
      const { id, webhookId } = await aWebhook();
      expect(fromGlobalId(id)).toEqual({ type: 'Webhook', parts: [webhookId] });
    });
  });
});

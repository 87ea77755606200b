import { readFileSync } from 'node:fs';
import { RunningGateway } from '../support/running-gateway.js';
import { describeWithFile } from '../support/needs.js';
import { CHAT_API_V2, CHAT_GATEWAY_V1 } from '../support/generations.js';
import type { VendorContract } from '../support/vendor-contract.js';
import * as ops from '../operations/operations.generated.js';

/** What each generation's description holds, what is done to reach it beside what both can do, and what no field of the schema reaches. */
const LISTS = [
  {
    generation: CHAT_GATEWAY_V1,
    also: useContentAndIndications,
    /** docs/upstreams.md says why. */
    notUsed: ['putcctransaction', 'getcardsforcctransaction'],
  },
  { generation: CHAT_API_V2, also: () => Promise.resolve(), notUsed: [] },
];

/** Uses everything that both generations offer, once, and what `also` does in between. */
async function useEverything(
  running: RunningGateway,
  also: (running: RunningGateway, conversationId: string) => Promise<void>,
): Promise<string> {
  const { channelId, queueIds, centre, webhookSender } = running.simulator;
  const get = running.get.bind(running);
  const { webhook } = (await get(ops.CreateWebhookDocument, { input: { name: 'Mine', url: running.addresses.webhookUrl } })).createWebhook;
  const webhookId = webhook?.webhookId ?? '';
  const { channel } = (await get(ops.CreateChannelDocument, { input: { name: 'Mine', queueId: queueIds[0] ?? '', webhookId } }))
    .createChannel;
  const ownChannelId = channel?.channelId ?? '';
  await get(ops.UpdateChannelDocument, { input: { channelId: ownChannelId, name: 'Ours' } });
  await get(ops.UpdateWebhookDocument, { input: { webhookId, name: 'Ours' } });
  await get(ops.VerifyWebhookDocument, { input: { url: running.addresses.webhookUrl } });
  await get(ops.ChannelWithWebhookDocument, { id: ownChannelId });
  await get(ops.ChannelsDocument, { first: 5 });
  await get(ops.WebhooksDocument, { first: 5 });
  await get(ops.DeleteChannelDocument, { input: { channelId: ownChannelId } });
  await get(ops.DeleteWebhookDocument, { input: { webhookId } });

  const history = [{ sentAs: 'BOT', text: 'How can I help?' } as const];
  const created = await get(ops.CreateConversationDocument, { input: { channelId, customer: { name: 'Mia', phone: '1' }, history } });
  const conversationId = created.createConversation.conversation?.conversationId ?? '';
  centre.agentAccepts(conversationId);
  await get(ops.SendMessageDocument, { input: { conversationId, text: 'hi' } });
  centre.agentSays(conversationId, 'hello');
  await webhookSender.settled();
  await get(ops.ConversationDocument, { id: conversationId });
  await get(ops.ConversationsDocument, { first: 5 });
  await also(running, conversationId);
  await get(ops.LeaveConversationDocument, { input: { conversationId } });
  await webhookSender.settled();
  await get(ops.ConversationDocument, { id: conversationId });
  return conversationId;
}

/** What only the Chat Gateway can do. */
async function useContentAndIndications(running: RunningGateway, conversationId: string): Promise<void> {
  const { centre, webhookSender } = running.simulator;
  const get = running.get.bind(running);
  const upload = { conversationId, filename: 'a.txt', contentType: 'text/plain', sizeBytes: 3 };
  const { uploadUrl } = (await get(ops.CreateAttachmentUploadDocument, { input: upload })).createAttachmentUpload;
  const uploaded = await fetch(String(uploadUrl), { method: 'PUT', body: 'abc' });
  const { attachmentId } = (await uploaded.json()) as { attachmentId: string };
  const card = { contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard', version: '1.3', body: [] } };
  await get(ops.SendMessageDocument, { input: { conversationId, text: 'hi', attachmentIds: [attachmentId], cards: [card] } });
  await webhookSender.settled();
  const content = await get(ops.MessageContentDocument, { id: conversationId });
  const message = content.conversation?.messages?.nodes.at(-1);
  await fetch(String(message?.attachments[0]?.url)).then((response) => response.text());
  const cardId = message?.cards[0]?.cardId ?? '';
  await get(ops.SubmitCardDocument, { input: { conversationId, cardId } });
  await get(ops.ExecuteCardDocument, { input: { conversationId, cardId } });
  await get(ops.MessageDocument, {
    conversationId,
    id: (await get(ops.ConversationDocument, { id: conversationId })).conversation?.messages?.nodes[0]?.messageId ?? '',
  });
  await get(ops.SendTypingDocument, { input: { conversationId } });
  await get(ops.SendThinkingDocument, { input: { conversationId } });
  await get(ops.MarkReadDocument, { input: { conversationId } });
  await get(ops.ScheduleReturnToBotDocument, { input: { conversationId, webhookId: [...centre.directory.webhooks.keys()][0] ?? '' } });
  await get(ops.UpdateConversationDocument, { input: { conversationId, customer: { name: 'Mia B' } } });
  if (running.contract !== null) await holdFiles(running, running.contract, conversationId);
}

/** Files are streamed past the place where the other calls are held against the contract: the simulator's answers to them, asked for here. */
async function holdFiles({ simulator }: RunningGateway, contract: VendorContract, conversationId: string): Promise<void> {
  const path = `/chat-gateway/v1/conversations/${conversationId}/attachments`;
  const hold = async (method: string, below: string, body: FormData | null) => {
    const response = await fetch(`${simulator.url}${path}${below}`, { method, headers: { 'x-api-key': simulator.apiKey }, body });
    const contentType = response.headers.get('content-type')?.split(';')[0] ?? '';
    const text = await response.text();
    const responseBody: unknown = contentType.endsWith('json') ? JSON.parse(text) : text;
    contract.hold({
      method,
      path: `${path}${below}`,
      query: [],
      requestBody: undefined,
      requestType: '',
      status: response.status,
      contentType,
      responseBody,
    });
    return responseBody;
  };
  const form = new FormData();
  form.set('authorType', 'user');
  form.set('attachment', new Blob(['abc'], { type: 'text/plain' }), 'b.txt');
  const { id } = (await hold('POST', '', form)) as { id: string };
  await hold('GET', `/${id}/content`, null);
}

describe.each(LISTS)('the operations of $generation.name', ({ generation, also, notUsed }) => {
  describeWithFile(generation.contract, "the vendor's description of it")('as its vendor describes them', () => {
    it('are each reachable through the schema, or named with a reason', async () => {
      const running = await RunningGateway.start({ generation });
      const { contract } = running;
      try {
        await useEverything(running, also);
        const reached = new Set(running.simulator.calls.map((call) => contract?.operationId(call)));
        expect(contract?.operationIds.filter((id) => !reached.has(id)).sort()).toEqual([...notUsed].sort());
      } finally {
        await running.stop();
      }
    });
  });
});

it('says in the docs why an operation is not used', () => {
  const docs = readFileSync(new URL('../../docs/upstreams.md', import.meta.url), 'utf8');
  expect(docs).toMatch(/`PUT conversations\/\{id\}`: not used/);
  expect(docs).toMatch(/`GET conversations\/\{id\}\/messages\/\{messageId\}\/cards`: not used/);
});

import { request } from 'node:http';
import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { call, create, listOf } from './rest-client.js';
import { sharedKey } from './shared-key.js';
import { createWebhookReceiver } from './webhook-receiver.js';
import type { WebhookReceiver } from './webhook-receiver.js';

let receiver: WebhookReceiver;
let sim: Simulator;
let conversationId: string;
beforeEach(async () => {
  receiver = await createWebhookReceiver();
  sim = createSimulator({ agents: 'manual', signingKey: sharedKey, webhookUrl: receiver.url });
  await sim.listen();
  conversationId = await create(sim);
});
afterEach(async () => {
  await sim.close();
  await receiver.close();
});

const pdf = () => new File(['%PDF'], 'a b.pdf', { type: 'application/pdf' });

async function upload(parts: Readonly<Record<string, string | File>>, conversation = conversationId) {
  const form = new FormData();
  for (const [name, value] of Object.entries(parts)) form.set(name, value);
  const response = await fetch(`${sim.url}/chat-gateway/v1/conversations/${conversation}/attachments`, {
    method: 'POST',
    headers: { 'x-api-key': sim.apiKey },
    body: form,
  });
  return { status: response.status, body: (await response.json()) as { id: string; validations?: { field: string }[] } };
}

it('lists, shows and serves an upload', async () => {
  const { status, body } = await upload({ authorType: 'bot', attachment: pdf() });
  const listed = {
    id: expect.any(String) as string,
    filename: 'a b.pdf',
    sizeInBytes: 4,
    createdAt: expect.stringMatching(/Z$/) as string,
  };
  expect({ status, body }).toEqual({ status: 200, body: listed });
  const path = `/conversations/${conversationId}/attachments`;
  expect(listOf(await call(sim, path), 'attachments')).toEqual([body]);
  expect((await call(sim, `${path}/${body.id}`)).body).toEqual(body);
  const content = await fetch(`${sim.url}/chat-gateway/v1${path}/${body.id}/content`, { headers: { 'x-api-key': sim.apiKey } });
  expect([content.headers.get('content-type'), content.headers.get('content-length'), await content.text()]).toEqual([
    'application/octet-stream',
    '4',
    '%PDF',
  ]);
});

it('accepts in a message only uploads of its conversation', async () => {
  const { id } = (await upload({ attachment: pdf() })).body;
  const other = await create(sim);
  const body = { authorType: 'user', attachments: [{ id }] };
  expect(await call(sim, `/conversations/${other}/messages`, { body })).toMatchObject({
    status: 400,
    body: { validations: [{ field: 'attachments[0].id' }] },
  });
  expect((await call(sim, `/conversations/${conversationId}/messages`, { body })).status).toBe(202);
  expect(listOf(await call(sim, `/conversations/${conversationId}/messages`), 'messages')).toMatchObject([{ attachments: [{ id }] }]);
});

it('sends events with download URLs that need no key', async () => {
  const { centre } = sim;
  centre.agentAccepts(conversationId);
  const file = centre.files.add(centre.conversation(conversationId), {
    fileName: 'offer.txt',
    contentType: 'text/plain',
    chunks: [Buffer.from('10 '), Buffer.from('%')],
  });
  centre.agentSays(conversationId, { text: 'Here', attachments: [file], cards: [] });
  const event = (await receiver.until(5)).map((received) => received.event).find(({ eventType }) => eventType === 'MESSAGE');
  const [attachment] = event?.data?.['attachments'] as Record<string, string>[];
  expect(attachment).toEqual({ id: file.id, type: 'text/plain', fileName: 'offer.txt', preSignedUrl: file.url });
  expect(await (await fetch(file.url)).text()).toBe('10 %');
  expect((await fetch(`${file.url}x`)).status).toBe(404);
});

it.each([
  ['no file', { authorType: 'user' }, ['attachment']],
  ['a file without a name', { attachment: 'text' }, ['attachment']],
  ['an empty file', { attachment: new File([], 'a.txt') }, ['attachment']],
  ['an unknown author', { authorType: 'agent', attachment: pdf() }, ['authorType']],
  ['an unknown part', { attachment: pdf(), size: '4' }, ['size']],
])('rejects an upload with %s and names the part', async (_what, parts, fields) => {
  const { status, body } = await upload(parts);
  expect([status, body.validations?.map(({ field }) => field)]).toEqual([400, fields]);
  expect(sim.centre.conversation(conversationId).files.size).toBe(0);
});

it('rejects an upload that is not a form', async () => {
  expect((await call(sim, `/conversations/${conversationId}/attachments`, { body: {} })).status).toBe(415);
});

it.each(['/conversations/none/attachments', '/conversations/none/attachments/a', '/conversations/none/attachments/a/content'])(
  '%s is not found',
  async (path) => {
    expect((await call(sim, path)).status).toBe(404);
    expect((await call(sim, path.replace('none', conversationId).replace(/attachments$/, 'attachments/none'))).status).toBe(404);
  },
);

it('rejects an upload into an unknown conversation', async () => {
  expect((await upload({ attachment: pdf() }, 'none')).status).toBe(404);
});

it('stores nothing of an aborted upload', async () => {
  const head = '--B\r\nContent-Disposition: form-data; name="attachment"; filename="a.pdf"\r\n\r\n';
  const broken = request(`${sim.url}/chat-gateway/v1/conversations/${conversationId}/attachments`, {
    method: 'POST',
    agent: false,
    headers: { 'x-api-key': sim.apiKey, 'content-type': 'multipart/form-data; boundary=B', 'content-length': 10_000 },
  });
  broken.on('error', () => undefined);
  const held = sim.holdPoints.hold('request', ({ path }) => path.endsWith('/attachments'));
  broken.write(`${head}a part of it`);
  await held.arrived;
  held.release();
  broken.destroy();
  await new Promise((resolve) => broken.once('close', resolve));
  expect(listOf(await call(sim, `/conversations/${conversationId}/attachments`), 'attachments')).toEqual([]);
});

it('drops the oldest files beyond the maximum', () => {
  const { centre } = sim;
  const conversation = centre.conversation(conversationId);
  const chunk = Buffer.alloc(1_048_576);
  const add = (mebibytes: number) =>
    centre.files.add(conversation, { fileName: 'a', contentType: 'a/b', chunks: Array.from({ length: mebibytes }, () => chunk) });
  const [first, second] = [add(100), add(100)];
  const third = add(100);
  expect([...conversation.files.keys()]).toEqual([second.id, third.id]);
  expect(centre.files.byToken(first.url.split('/').at(-1) ?? '')).toBeUndefined();
});

import { randomUUID } from 'node:crypto';
import { parse } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { signedHeaders } from '../../src/simulator/webhook-sender/signed-headers.js';
import { createSigningKey } from '../../src/simulator/webhook-sender/signing-key.js';
import { CHAT_API_V2 } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';
import { json, startUpstream } from '../unit/datasources/scripted-upstream.js';
import { createConversation } from './followed-conversation.js';

const CUSTOMER = 'name phone timezoneOffsetMinutes ipAddress properties { key value }';
const MESSAGE =
  'text clientMessageId attachments { attachmentId kind contentType } cards { contentType } externalProvider { name externalMessageId } author { participantId type }';
const FOLLOW = parse(
  `subscription($id: ID!, $after: String) { messageAdded(conversationId: $id, after: $after) { message { ${MESSAGE} } } }`,
) as TypedDocumentNode<{ messageAdded: { message: { clientMessageId: string | null } } }, { id: string; after: string }>;
const SEND = `mutation($id: ID!, $text: String!, $cm: String) {
  sendMessage(input: { conversationId: $id, text: $text, clientMessageId: $cm }) { startsNewInteraction userErrors { code } }
}`;

const key = createSigningKey('known');
let running: RunningGateway;
afterEach(() => running.stop());

async function answer<T>(query: string, variables: object): Promise<T> {
  const { data, errors } = await running.post<T>({ query, variables });
  if (errors.length > 0 || data === null) throw new Error(JSON.stringify(errors));
  return data;
}

describe('payloads of the Chat Gateway', () => {
  beforeEach(async () => {
    running = await RunningGateway.start({ simulator: { signingKey: key } });
  });

  it('hold a customer whose unknown fields survive an update, and whose time zone and address are shown', async () => {
    const user = {
      name: 'Ann',
      timezoneOffset: -300,
      ipaddress: '192.0.2.1',
      isVip: true,
      extra: { a: 1 },
      additionalProperties: [{ id: 'p1', key: 'plan', value: 'gold' }],
    };
    const { simulator } = running;
    const headers = { 'x-api-key': simulator.apiKey, 'content-type': 'application/json' };
    const at = `${simulator.url}/chat-gateway/v1/conversations`;
    const created = await fetch(at, { method: 'POST', headers, body: JSON.stringify({ channelId: simulator.channelId, user }) });
    const { conversationId: id } = (await created.json()) as { conversationId: string };
    const update = `mutation($id: ID!) {
      updateConversation(input: { conversationId: $id, customer: { phone: "0123" } }) { conversation { customer { ${CUSTOMER} } } userErrors { code } }
    }`;
    const customer = { name: 'Ann', phone: '0123', timezoneOffsetMinutes: -300, ipAddress: '192.0.2.1' };
    expect(await answer(update, { id })).toEqual({
      updateConversation: { conversation: { customer: { ...customer, properties: [{ key: 'plan', value: 'gold' }] } }, userErrors: [] },
    });
    const kept = (await (await fetch(`${at}/${id}`, { headers })).json()) as { user: unknown };
    expect(kept.user).toEqual({ ...user, phone: '0123' });
  });

  it('hold messages of which live subscribers see all that can be read', async () => {
    const { id, origin: after } = await createConversation(running);
    const messages = running.subscribe(FOLLOW, { id, after });
    const payload = {
      eventType: 'MESSAGE',
      conversationId: id,
      timestamp: Date.now(),
      data: {
        isEcho: false,
        sender: { type: 'agent' },
        text: 'Look',
        attachments: [{ id: 'f1', type: 'image', fileName: 'cat.png' }, { type: 'file' }, { id: 'f2', type: 'sticker' }],
        cards: [{ content: { type: 'AdaptiveCard' } }, { contentType: 'Carousel', content: {} }],
        externalProvider: { name: 'X', externalMessageId: '17' },
      },
    };
    const { tenantId, customerId } = running.simulator;
    const body = Buffer.from(JSON.stringify(payload));
    const headers = await signedHeaders({ body, tenantId, customerId, eventId: randomUUID(), retry: 0, transmissionTime: Date.now() }, key);
    expect((await fetch(running.addresses.webhookUrl, { method: 'POST', headers, body })).status).toBe(204);
    const { data } = await messages.next();
    expect(data?.messageAdded.message).toEqual({
      text: 'Look',
      clientMessageId: null,
      attachments: [
        { attachmentId: 'f1', kind: 'IMAGE', contentType: null },
        { attachmentId: 'f2', kind: 'OTHER', contentType: null },
      ],
      cards: [{ contentType: 'application/vnd.microsoft.card.adaptive' }, { contentType: 'Carousel' }],
      externalProvider: { name: 'X', externalMessageId: '17' },
      author: { participantId: 'agent', type: 'AGENT' },
    });
  });
});

describe('events of our own, on the older generation', () => {
  it.each([-3_000, 3_000])('have the right position with a clock that is %s ms ahead', async (ahead) => {
    running = await RunningGateway.start({ generation: CHAT_API_V2, overrides: { clock: () => Date.now() + ahead } });
    const { centre, webhookSender } = running.simulator;
    const { id } = await createConversation(running);
    centre.agentAccepts(id);
    await webhookSender.settled();
    await answer('mutation($id: ID!) { leaveConversation(input: { conversationId: $id }) { userErrors { code } } }', { id });
    await answer(SEND, { id, text: 'Again' });
    centre.agentAccepts(id);
    await webhookSender.settled();
    const { conversation } = await answer<{ conversation: object }>('query($id: ID!) { conversation(id: $id) { state } }', { id });
    expect(conversation).toEqual({ state: 'ACTIVE' });
    expect(await answer(SEND, { id, text: 'Hello' })).toEqual({ sendMessage: { startsNewInteraction: false, userErrors: [] } });
  });

  it('are the echo of their own send, though an equal one of unknown outcome came before', async () => {
    running = await RunningGateway.start({ generation: CHAT_API_V2 });
    const { id, origin: after } = await createConversation(running);
    const messages = running.subscribe(FOLLOW, { id, after });
    // The upstream takes the first one, and the connection breaks.
    running.simulator.faults.set({ reset: 1 });
    const { errors } = await running.post({ query: SEND, variables: { id, text: 'ok', cm: 'cm1' } });
    running.simulator.faults.set({});
    expect(errors).toMatchObject([{ extensions: { code: 'OUTCOME_UNKNOWN' } }]);
    expect(running.simulator.centre.conversation(id).messages).toHaveLength(1);
    await answer(SEND, { id, text: 'ok', cm: 'cm2' });
    expect((await messages.next()).data?.messageAdded.message.clientMessageId).toBe('cm2');
    const { conversation } = await answer<{ conversation: { messages: { nodes: { clientMessageId: string }[] } } }>(
      'query($id: ID!) { conversation(id: $id) { messages(last: 10) { nodes { clientMessageId } } } }',
      { id },
    );
    expect(conversation.messages.nodes.map(({ clientMessageId }) => clientMessageId)).toEqual(['cm1', 'cm2']);
  });
});

describe('interactions that overlap, on the older generation', () => {
  it('list their own messages only', async () => {
    const upstream = await startUpstream();
    const said = (text: string, interactionId: string) => ({ originalText: text, authorType: 'agent', participantId: 'a1', interactionId });
    const interactions = ['i1', 'i2'].map((id) => ({ id, startTime: '2026-01-01T00:00:00Z' }));
    const messages = [said('a', 'i1'), said('b', 'i2'), said('c', 'i1'), said('d', 'i2')];
    upstream.script = (request, response) => {
      const token = { access_token: 'token-1', expires_in: '3600' };
      const body = request.url.endsWith('/messages') ? { messages } : { id: 'c1', channelId: 'ch1', interactions, customer: {} };
      json(200, request.url === '/oauth/v2/token' ? token : body, { 'content-type': 'application/json' })(request, response);
    };
    const reached = { url: upstream.baseUrl, apiKey: 'key:1', tenantId: 't', customerId: 'c' };
    running = await RunningGateway.start({ generation: CHAT_API_V2, config: { upstream: CHAT_API_V2.upstream(reached) } });
    const query = `query($id: ID!) { conversation(id: $id) { interactions(first: 5) { nodes { messages(first: 5) { totalCount nodes { text } } } } } }`;
    const { conversation } = await answer<{ conversation: object }>(query, { id: 'c1' });
    const listOf = (...texts: string[]) => ({ messages: { totalCount: 2, nodes: texts.map((text) => ({ text })) } });
    expect(conversation).toEqual({ interactions: { nodes: [listOf('a', 'c'), listOf('b', 'd')] } });
    await upstream.close();
  });
});

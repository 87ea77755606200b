import { json, raw } from '../scripted-upstream.js';
import { IMPOSSIBLE_IDS, connect } from './with-upstream.js';
import type { Connected } from './with-upstream.js';

let connected: Connected;
beforeEach(async () => {
  connected = await connect();
});
afterEach(() => connected.close());

const bare = { channelId: 'ch1', customer: {}, assignment: null, history: [] };
const words = { sender: 'CUSTOMER', text: 'Hello', attachmentIds: [], cards: [] } as const;

describe('createConversation', () => {
  it('sends every given field, as the contract writes it', async () => {
    connected.upstream.script = json(202, { conversationId: 'c1', createdAt: '2026-01-01T10:00:00Z' });
    const created = await connected.api.createConversation({
      channelId: 'ch1',
      customer: {
        name: 'Ana',
        customerId: '7',
        email: 'ana@example.com',
        phone: '1',
        company: 'Acme',
        caseId: 'k1',
        language: 'en',
        properties: [
          { key: 'plan', value: 'gold' },
          { key: 'note', value: '' },
          { key: 'unset', value: null },
        ],
      },
      assignment: { type: 'SCRIPT', targetId: 's1' },
      history: [
        {
          sender: 'BOT',
          text: 'Hi',
          attachmentIds: [],
          cards: [{ contentType: 'application/8x8.quick.replies', content: { options: [] } }],
        },
        words,
      ],
    });
    expect(created).toEqual({ conversationId: 'c1', createdAt: new Date('2026-01-01T10:00:00Z') });
    expect(connected.upstream.requests).toMatchObject([{ method: 'POST', url: '/chat-gateway/v1/conversations' }]);
    expect(JSON.parse(connected.upstream.requests[0]?.body ?? '')).toEqual({
      channelId: 'ch1',
      user: {
        name: 'Ana',
        userId: '7',
        email: 'ana@example.com',
        phone: '1',
        company: 'Acme',
        caseId: 'k1',
        language: 'en',
        additionalProperties: [
          { key: 'plan', value: 'gold' },
          { key: 'note', value: '' },
        ],
      },
      assignment: { type: 'script', id: 's1' },
      history: {
        messages: [
          { authorType: 'bot', text: 'Hi', cards: [{ contentType: 'application/8x8.quick.replies', content: { options: [] } }] },
          { authorType: 'user', text: 'Hello' },
        ],
      },
    });
  });

  it('omits what is not given, except the user that the contract requires', async () => {
    connected.upstream.script = json(202, { conversationId: 5 });
    await expect(connected.api.createConversation({ ...bare, customer: { name: null, email: '', properties: [] } })).resolves.toEqual({
      conversationId: '5',
      createdAt: null,
    });
    expect(connected.upstream.requests[0]?.body).toBe('{"channelId":"ch1","user":{}}');
  });

  it.each(['AGENT', 'OTHER'] as const)('refuses an assignment to %s without a call', async (type) => {
    await expect(connected.api.createConversation({ ...bare, assignment: { type, targetId: 'x' } })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    expect(connected.upstream.requests).toEqual([]);
  });

  it.each([
    ['nothing', raw(202, '')],
    ['garbage', raw(202, '<html>')],
    ['no id', json(202, { createdAt: 'now' })],
  ])('has an unknown outcome where the answer holds %s', async (_what, script) => {
    connected.upstream.script = script;
    await expect(connected.api.createConversation(bare)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it('states why it was rejected', async () => {
    connected.upstream.script = json(400, { message: 'm', errors: [{ code: 'invalid_queue', message: 'Queue 112 is not there.' }] });
    await expect(connected.api.createConversation(bare)).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      status: 400,
      reasons: [{ field: null, message: 'Queue 112 is not there.' }],
    });
  });

  it('finds nothing where the upstream answers 404', async () => {
    connected.upstream.script = json(404, {});
    await expect(connected.api.createConversation(bare)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('sendMessage', () => {
  it.each([
    ['text', words, { authorType: 'user', text: 'Hello' }],
    [
      'attachments',
      { ...words, sender: 'BOT', text: null, attachmentIds: ['f1', 'f2'] },
      { authorType: 'bot', attachments: [{ id: 'f1' }, { id: 'f2' }] },
    ],
    [
      'cards',
      { ...words, text: '', cards: [{ contentType: 't', content: null }] },
      { authorType: 'user', cards: [{ contentType: 't', content: null }] },
    ],
  ] as const)('sends %s and nothing empty', async (_what, outgoing, body) => {
    connected.upstream.script = raw(202, '');
    await expect(connected.api.sendMessage('c/1', outgoing)).resolves.toBeUndefined();
    expect(connected.upstream.requests).toMatchObject([{ method: 'POST', url: '/chat-gateway/v1/conversations/c%2F1/messages' }]);
    expect(connected.upstream.requests[0]?.body).toBe(JSON.stringify(body));
  });

  it.each([
    [404, 'NOT_FOUND'],
    [429, 'RATE_LIMITED'],
    [503, 'UPSTREAM_UNAVAILABLE'],
    [504, 'OUTCOME_UNKNOWN'],
  ])('answers %i as %s, and is not sent again', async (status, code) => {
    connected.upstream.script = json(status, {}, { 'retry-after': '3' });
    await expect(connected.api.sendMessage('c1', words)).rejects.toMatchObject({ code });
    expect(connected.upstream.requests).toHaveLength(1);
  });
});

describe('customerLeaves', () => {
  it('removes the user', async () => {
    connected.upstream.script = raw(204, '');
    await expect(connected.api.leaveAsCustomer('c1')).resolves.toBeUndefined();
    expect(connected.upstream.requests).toMatchObject([
      { method: 'PATCH', url: '/chat-gateway/v1/conversations/c1/participants/user', body: '{"removed":true}' },
    ]);
  });
});

describe('a change of a conversation that cannot be there', () => {
  it.each(IMPOSSIBLE_IDS)('finds nothing without a call: %j', async (id) => {
    await expect(connected.api.sendMessage(id, words)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(connected.api.leaveAsCustomer(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(connected.upstream.requests).toEqual([]);
  });
});

describe('who asks', () => {
  it('leaves the tenant out where none is set', async () => {
    const other = await connect({ tenant: null });
    other.upstream.script = raw(204, '');
    await other.api.leaveAsCustomer('c1');
    expect(other.upstream.requests[0]?.headers).toMatchObject({ 'x-api-key': 'key-1' });
    expect(other.upstream.requests[0]?.headers).not.toHaveProperty('x-8x8-tenant');
    await other.close();
  });

  it('claims the capabilities that it has operations for', () => {
    expect([...connected.api.capabilities].sort()).toEqual([
      'ASSIGNMENT',
      'ATTACHMENTS',
      'CARDS',
      'CHANNEL_TYPES',
      'CUSTOMER_PRESENCE',
      'FILTER_BY_STATE',
      'HEALING',
      'MESSAGE_LOOKUP',
      'MESSAGE_TIMES',
      'READ_RECEIPTS',
      'RETURN_TO_BOT',
      'THINKING',
      'TYPING',
      'UPDATE_CONVERSATION',
    ]);
    expect(connected.api.kind).toBe('CHAT_GATEWAY_V1');
  });
});

import { json } from '../scripted-upstream.js';
import { IMPOSSIBLE_IDS, asOf, connect } from './with-upstream.js';
import type { Connected } from './with-upstream.js';

let connected: Connected;
const window = { kind: 'first', count: 20, from: 0, before: null } as const;
const empty = { items: [], start: 0, total: 0, hasMore: false };

beforeEach(async () => {
  connected = await connect();
});
afterEach(() => connected.close());

describe('conversation', () => {
  it('reads the responses of the Chat Gateway', async () => {
    connected.upstream.script = json(200, {
      id: 'c1',
      channelId: 25,
      state: 'active',
      assignment: { type: 'script', id: 's1' },
      user: {
        name: 'Ana',
        userId: 7,
        email: 'ana@example.com',
        phone: '1',
        company: 'Acme',
        caseId: 'k1',
        language: 'en',
        ipaddress: '192.0.2.1',
        timezoneOffset: -300,
        additionalProperties: [{ key: 'plan', value: 'gold' }, { key: 'empty' }, 'noise'],
      },
      _links: {},
      somethingNew: true,
    });
    await expect(connected.api.conversation('c1', asOf)).resolves.toEqual({
      conversationId: 'c1',
      channelId: '25',
      upstreamState: 'ACTIVE',
      assignment: { type: 'SCRIPT', targetId: 's1' },
      customer: {
        name: 'Ana',
        customerId: '7',
        email: 'ana@example.com',
        phone: '1',
        company: 'Acme',
        caseId: 'k1',
        language: 'en',
        timezoneOffsetMinutes: -300,
        ipAddress: '192.0.2.1',
        properties: [
          { key: 'plan', value: 'gold' },
          { key: 'empty', value: null },
        ],
      },
      createdAt: null,
    });
    expect(connected.upstream.requests).toMatchObject([
      { method: 'GET', url: '/chat-gateway/v1/conversations/c1', headers: { 'x-api-key': 'key-1', 'x-8x8-tenant': 'acme' } },
    ]);
  });

  it('reads words not known today, and what is missing, without failing', async () => {
    connected.upstream.script = json(200, { state: 'napping', assignment: { type: 'robot', id: 9 }, user: 'x' });
    await expect(connected.api.conversation('c1', asOf)).resolves.toMatchObject({
      conversationId: 'c1',
      channelId: null,
      upstreamState: null,
      assignment: { type: 'OTHER', targetId: '9' },
      customer: { name: null, properties: [] },
    });
  });

  it.each([
    ['created', 'CREATED'],
    ['idle', 'IDLE'],
    ['ACTIVE', 'ACTIVE'],
  ])('reads state %s as %s', async (state, upstreamState) => {
    connected.upstream.script = json(200, { id: 'c1', state });
    await expect(connected.api.conversation('c1', asOf)).resolves.toMatchObject({ upstreamState, assignment: null });
  });

  it('answers null where there is none', async () => {
    connected.upstream.script = json(404, {});
    await expect(connected.api.conversation('c1', asOf)).resolves.toBeNull();
  });

  it('is unavailable where the answer is no object', async () => {
    connected.upstream.script = json(200, ['c1']);
    await expect(connected.api.conversation('c1', asOf)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('encodes its id', async () => {
    connected.upstream.script = json(404, {});
    await connected.api.conversation('a/b?c ü', asOf);
    expect(connected.upstream.requests[0]?.url).toBe('/chat-gateway/v1/conversations/a%2Fb%3Fc%20%C3%BC');
  });
});

describe('an id that nothing can have', () => {
  it.each(IMPOSSIBLE_IDS)('is answered as absent without a call: %j', async (id) => {
    const { api, upstream } = connected;
    await expect(api.conversation(id, asOf)).resolves.toBeNull();
    await expect(api.message('c1', id, asOf)).resolves.toBeNull();
    await expect(api.message(id, 'm1', asOf)).resolves.toBeNull();
    await expect(api.channel(id, asOf)).resolves.toBeNull();
    await expect(api.signingKey(id)).resolves.toBeNull();
    await expect(api.participants(id, asOf)).resolves.toEqual([]);
    await expect(api.interactions(id, asOf)).resolves.toEqual([]);
    await expect(api.messages(id, window, asOf)).resolves.toEqual(empty);
    expect(upstream.requests).toEqual([]);
  });
});

describe('lists', () => {
  it.each([
    ['nothing embedded', json(200, { page: { totalElements: 0 } })],
    ['an empty list', json(200, { _embedded: { conversations: [], messages: [], channels: [] }, page: { totalElements: 0 } })],
    ['404', json(404, {})],
  ])('are empty where the upstream answers %s', async (_what, script) => {
    const { api, upstream } = connected;
    upstream.script = script;
    await expect(api.conversations(window, asOf)).resolves.toEqual(empty);
    await expect(api.channels(window, asOf)).resolves.toEqual(empty);
    await expect(api.messages('c1', window, asOf)).resolves.toEqual(empty);
    await expect(api.participants('c1', asOf)).resolves.toEqual([]);
    await expect(api.interactions('c1', asOf)).resolves.toEqual([]);
  });

  it('ask for conversations by id, from either end', async () => {
    const { api, upstream } = connected;
    upstream.script = json(200, { _embedded: { conversations: [{ id: 'c2' }, { id: 1 }] }, page: { totalElements: '12' } });
    const first = await api.conversations({ ...window, count: 2 }, asOf);
    expect(first).toMatchObject({ items: [{ conversationId: 'c2' }, { conversationId: '1' }], start: 0, total: 12, hasMore: true });
    const last = await api.conversations({ ...window, kind: 'last', count: 2 }, asOf);
    expect(last).toMatchObject({ items: [{ conversationId: '1' }, { conversationId: 'c2' }], start: 10, total: 12, hasMore: true });
    expect(upstream.requests.map(({ url }) => url)).toEqual([
      '/chat-gateway/v1/conversations?size=2&page=0&sort=id%3Aasc',
      '/chat-gateway/v1/conversations?size=2&page=0&sort=id%3Adesc',
    ]);
  });

  it('are unavailable where an item names nothing, since places would shift', async () => {
    connected.upstream.script = json(200, { _embedded: { conversations: [{ state: 'idle' }] }, page: { totalElements: 1 } });
    await expect(connected.api.conversations(window, asOf)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});

describe('participants', () => {
  it('reads all who took part', async () => {
    connected.upstream.script = json(200, {
      _embedded: {
        participants: [
          { id: 'user', type: 'user', removed: false, language: 'en' },
          { id: 12, type: 'agent', removed: true },
          { type: 'supervisor' },
        ],
      },
    });
    await expect(connected.api.participants('c1', asOf)).resolves.toEqual([
      { participantId: 'user', type: 'CUSTOMER', name: null, language: 'en', removed: false },
      { participantId: '12', type: 'AGENT', name: null, language: null, removed: true },
      { participantId: 'supervisor', type: 'OTHER', name: null, language: null, removed: null },
    ]);
    expect(connected.upstream.requests[0]?.url).toBe('/chat-gateway/v1/conversations/c1/participants');
  });

  it('reads one object where a list is meant', async () => {
    connected.upstream.script = json(200, { _embedded: { participants: { id: 'a1', type: 'agent' } } });
    await expect(connected.api.participants('c1', asOf)).resolves.toMatchObject([{ participantId: 'a1' }]);
  });
});

describe('interactions', () => {
  it('are oldest first, and those without a start last', async () => {
    connected.upstream.script = json(200, {
      _embedded: {
        interactions: [
          { id: 'i3' },
          { id: 'i2', startTime: '2026-01-01T11:00:00.000Z', endTime: 'someday' },
          { id: 'i1', startTime: '2026-01-01T10:00:00.000Z', endTime: '2026-01-01T10:30:00.500Z' },
          { startTime: '2026-01-01T09:00:00.000Z' },
        ],
      },
    });
    await expect(connected.api.interactions('c1', asOf)).resolves.toEqual([
      { interactionId: 'i1', startedAt: new Date('2026-01-01T10:00:00Z'), endedAt: new Date('2026-01-01T10:30:00.500Z') },
      { interactionId: 'i2', startedAt: new Date('2026-01-01T11:00:00Z'), endedAt: null },
      { interactionId: 'i3', startedAt: null, endedAt: null },
    ]);
  });
});

describe('channels', () => {
  it.each(['routingOptions', 'routingOption', 'assignment'])('finds the queue under %s', async (name) => {
    connected.upstream.script = json(200, { id: 25, name: 'Web', type: 'ChatAPI', webHookId: 12, [name]: { type: 'queue', id: 101 } });
    await expect(connected.api.channel('25', asOf)).resolves.toEqual({
      channelId: '25',
      name: 'Web',
      type: 'CHAT_API',
      rawType: 'ChatAPI',
      queueId: '101',
      webhookId: '12',
    });
  });

  it('reads words not known today, and what is missing, without failing', async () => {
    connected.upstream.script = json(200, {
      _embedded: { channels: [{ id: '1', type: 'Pigeon', assignment: { type: 'script', id: 's1' } }] },
    });
    await expect(connected.api.channels(window, asOf)).resolves.toEqual({
      items: [{ channelId: '1', name: '', type: 'OTHER', rawType: 'Pigeon', queueId: null, webhookId: null }],
      start: 0,
      total: null,
      hasMore: false,
    });
  });
});

describe('signingKey', () => {
  const key = { kty: 'RSA', kid: 'k1', n: 'n', e: 'AQAB' };

  it.each([
    ['an object', key],
    ['a string with an object in it', JSON.stringify(key)],
  ])('reads %s, asked without the API key', async (_what, body) => {
    connected.upstream.script = json(200, body);
    await expect(connected.api.signingKey('k1')).resolves.toEqual(key);
    expect(connected.upstream.requests[0]?.url).toBe('/chat-gateway/v1/jwk/k1/public');
    expect(connected.upstream.requests[0]?.headers).not.toHaveProperty('x-api-key');
  });

  it.each([['words'], [['k1']], [12]])('is unavailable where the answer is %j', async (body) => {
    connected.upstream.script = json(200, body);
    await expect(connected.api.signingKey('k1')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('answers null where there is none', async () => {
    connected.upstream.script = json(404, {});
    await expect(connected.api.signingKey('k1')).resolves.toBeNull();
  });
});

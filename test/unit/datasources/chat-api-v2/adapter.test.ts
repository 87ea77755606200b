import { ALL_CONVERSATIONS } from '../../../../src/domain/conversation-filter.js';
import { json, raw } from '../scripted-upstream.js';
import { asOf, connect } from './with-upstream.js';
import type { Connected } from './with-upstream.js';

const BASE = '/vcc/eu/chat/v2/tenant/acme';
const MESSAGE = { sender: 'BOT', text: 'hi', attachmentIds: [], cards: [] } as const;

let connected: Connected;
beforeEach(async () => {
  connected = await connect();
});
afterEach(() => connected.close());

const urls = () => connected.asked.map(({ method, url }) => `${method} ${url.replace(BASE, '')}`);

/** A list of numbers as the upstream would serve it, from the start only. */
function serveNumbers(count: number): void {
  connected.script = (request, response) => {
    const query = new URL(request.url, 'http://upstream').searchParams;
    const [size, page] = [Number(query.get('size')), Number(query.get('page'))];
    const all = Array.from({ length: count }, (_, index) => ({ id: String(index), name: 'n' }));
    const data = all.slice(page * size, (page + 1) * size);
    json(200, { data, page: { pageSize: size, pageIndex: page, elementCount: count } })(request, response);
  };
}

it.each([0, 1, 5, 6, 11, 12, 40])('reads the end of a list of %i that can be had from its start only', async (count) => {
  serveNumbers(count);
  const { items, total } = await connected.api.webhooks({ kind: 'last', count: 6, from: 0, before: null }, asOf);
  const all = Array.from({ length: count }, (_, index) => String(index));
  expect({ ids: items.map(({ webhookId }) => webhookId), total }).toEqual({ ids: all.slice(-6), total: count });
  expect(connected.asked.length).toBeLessThanOrEqual(3);
});

it('reads open conversations as two lists, one behind the other, from either end', async () => {
  const lists: Record<string, string[]> = { pending: ['p1', 'p2', 'p3'], handling: ['h1', 'h2'] };
  connected.script = (request, response) => {
    const query = new URL(request.url, 'http://upstream').searchParams;
    const list = [...(lists[query.get('status') ?? ''] ?? [])];
    if (query.get('order') === 'desc') list.reverse();
    const [size, page] = [Number(query.get('size')), Number(query.get('page'))];
    const data = list.slice(page * size, (page + 1) * size).map((id) => ({ id }));
    json(200, { data, page: { elementCount: list.length } })(request, response);
  };
  const all = ['p1', 'p2', 'p3', 'h1', 'h2'];
  const selection = { ...ALL_CONVERSATIONS, filter: { ...ALL_CONVERSATIONS.filter, status: 'OPEN' as const } };
  for (const count of [1, 2, 3, 4, 5, 9]) {
    for (const from of [0, 1, 2, 3, 4]) {
      const page = await connected.api.conversations({ kind: 'first', count, from, before: null }, asOf, selection);
      expect({ count, from, ids: page.items.map(({ conversationId }) => conversationId), total: page.total }).toEqual({
        ...{ count, from, ids: all.slice(from, from + count), total: 5 },
      });
    }
    const end = await connected.api.conversations({ kind: 'last', count, from: 0, before: null }, asOf, selection);
    expect(end.items.map(({ conversationId }) => conversationId)).toEqual(all.slice(-count));
  }
});

it('names equal messages by what they say and how many said it before', async () => {
  const said = (originalText: string, authorType = 'user') => ({ originalText, authorType, participantId: 'p', interactionId: 'i1' });
  const read = async (...messages: object[]) => {
    connected.script = json(200, { messages });
    return (await connected.api.messages('c1', { kind: 'last', count: 10, from: 0, before: null }, asOf)).items.map(
      ({ listedId }) => listedId,
    );
  };
  const [first, second] = await read(said('hi'), said('hi'));
  expect(first).not.toBe(second);
  expect((await read(said('hi'), said('hi', 'agent'), said('ho'), said('hi'))).filter((id) => id === first || id === second)).toEqual([
    first,
    second,
  ]);
});

it('keeps the messages of interactions that overlap apart', async () => {
  const said = (originalText: string, interactionId: string) => ({ originalText, authorType: 'user', participantId: 'p', interactionId });
  const serve = (...messages: object[]) => (connected.script = json(200, { messages }));
  const interaction = (interactionId: string, endedAt: Date | null) => ({ interactionId, startedAt: new Date(0), endedAt });
  const all = [interaction('i1', null), interaction('i2', null)];
  const [one, two] = all as [(typeof all)[0], (typeof all)[0]];
  serve(said('a', 'i1'), said('b', 'i1'), said('c', 'i2'));
  expect(await connected.api.locateInteraction('c1', one, all, asOf)).toEqual({ from: 0, before: 2 });
  expect(await connected.api.locateInteraction('c1', two, all, asOf)).toEqual({ from: 2, before: null });
  serve(said('a', 'i1'), said('b', 'i2'), said('c', 'i1'), said('d', 'i2'), said('e', 'i1'));
  expect(await connected.api.locateInteraction('c1', one, all, asOf)).toBeNull();
  const window = { kind: 'first', count: 2, from: 1, before: null } as const;
  const { items, ...rest } = await connected.api.interactionMessages('c1', one, window, asOf);
  expect([items.map(({ text }) => text), rest]).toEqual([['c', 'e'], { start: 1, total: 3, hasMore: false }]);
});

it('reads interactions that come as one object as one interaction', async () => {
  connected.script = json(200, { id: 'c1', interactions: { id: 'i1', startTime: '2026-01-01T00:00:00Z' } });
  expect(await connected.api.interactions('c1', asOf)).toEqual([
    { interactionId: 'i1', startedAt: new Date('2026-01-01T00:00:00Z'), endedAt: null },
  ]);
  expect(await connected.api.conversation('c1', asOf)).toMatchObject({ upstreamState: 'ACTIVE' });
});

it('refuses what a message cannot hold, and asks nobody', async () => {
  const sent = connected.api.sendMessage('c1', { ...MESSAGE, attachmentIds: ['a1'] });
  await expect(sent).rejects.toMatchObject({ code: 'UNSUPPORTED_BY_UPSTREAM' });
  const named = { name: 'Mia', properties: [{ key: 'email', value: 'x' }] };
  const created = connected.api.createConversation({ channelId: 'ch', customer: named, assignment: null, history: [] });
  await expect(created).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  expect(connected.upstream.requests).toEqual([]);
});

it('calls an author by another name in a history than in a message', async () => {
  connected.script = json(202, { conversationId: 'c1', timestamp: 1_767_225_600_000 });
  const customer = { name: 'Mia', phone: '1', properties: [{ key: 'plan', value: 'gold' }] };
  const made = await connected.api.createConversation({ channelId: 'ch', customer, assignment: null, history: [MESSAGE] });
  expect(made).toEqual({ conversationId: 'c1', createdAt: new Date(1_767_225_600_000) });
  connected.script = raw(202, '');
  await connected.api.sendMessage('c1', MESSAGE);
  expect(connected.asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { channelId: 'ch', customer: { name: 'Mia', phone: '1', plan: 'gold' }, history: { messages: [{ text: 'hi', type: 'bot' }] } },
    { authorType: 'bot', text: 'hi' },
  ]);
  expect(urls()).toEqual(['POST /conversations', 'POST /conversations/c1/messages']);
});

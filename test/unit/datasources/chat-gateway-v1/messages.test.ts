import { json } from '../scripted-upstream.js';
import type { Script } from '../scripted-upstream.js';
import { asOf, connect } from './with-upstream.js';
import type { Connected } from './with-upstream.js';

let connected: Connected;
beforeEach(async () => {
  connected = await connect();
});
afterEach(() => connected.close());

/** A conversation of messages `0`, `1`, …, paged and sorted as the contract says. */
function history(length: number): Script {
  return (request, response) => {
    const query = new URL(request.url, 'http://upstream').searchParams;
    const [size, page] = [Number(query.get('size')), Number(query.get('page'))];
    const all = Array.from({ length }, (_, place) => ({ id: `${place}`, text: `text ${place}` }));
    if (query.get('sort') === 'createdAt:desc') all.reverse();
    const messages = all.slice(page * size, (page + 1) * size);
    json(200, { _embedded: { messages }, page: { size, number: page, totalElements: length } })(request, response);
  };
}

describe('messages', () => {
  it('have ids that are Unicode text, by which identities are kept', async () => {
    const message = { id: 'm\ud800', text: 'x', createdAt: '2026-01-01T00:00:00Z', author: { id: 'a', type: 'agent' } };
    connected.upstream.script = json(200, { _embedded: { messages: [message] }, page: { size: 20, number: 0, totalElements: 1 } });
    const found = await connected.api.messages('c1', { kind: 'first', count: 20, from: 0, before: null }, asOf);
    expect(found.items).toMatchObject([{ messageId: 'm\ufffd', listedId: 'm\ufffd' }]);
  });

  it('reads the newest in one call, oldest first', async () => {
    connected.upstream.script = history(45);
    const found = await connected.api.messages('c1', { kind: 'last', count: 3, from: 0, before: null }, asOf);
    expect(found).toMatchObject({
      items: [{ listedId: '42' }, { listedId: '43' }, { listedId: '44' }],
      start: 42,
      total: 45,
      hasMore: true,
    });
    expect(connected.upstream.requests.map(({ url }) => url)).toEqual([
      '/chat-gateway/v1/conversations/c1/messages?size=3&page=0&sort=createdAt%3Adesc',
    ]);
  });

  it('reads any other window from the start of the list', async () => {
    connected.upstream.script = history(45);
    const found = await connected.api.messages('c1', { kind: 'first', count: 20, from: 20, before: null }, asOf);
    expect(found).toMatchObject({ start: 20, total: 45, hasMore: true });
    expect(found.items.map(({ listedId }) => listedId)).toEqual(Array.from({ length: 20 }, (_, index) => `${20 + index}`));
    expect(connected.upstream.requests.map(({ url }) => url)).toEqual([
      '/chat-gateway/v1/conversations/c1/messages?size=20&page=1&sort=createdAt%3Aasc',
    ]);
  });

  it('makes no call for a window that holds nothing', async () => {
    await connected.api.messages('c1', { kind: 'first', count: 20, from: 5, before: 5 }, asOf);
    expect(connected.upstream.requests).toEqual([]);
  });
});

describe('message', () => {
  it('reads the responses of the Chat Gateway', async () => {
    const content = { type: 'AdaptiveCard' };
    connected.upstream.script = json(200, {
      id: 'm1',
      text: 'Hello',
      createdAt: '2026-01-01T10:00:00.250Z',
      author: { id: 'a1', type: 'agent', removed: false, language: 'en' },
      attachments: [{ id: 'f1' }, { id: 2 }, {}],
      cards: [
        { id: 'k1', contentType: 'application/8x8.quick.replies', content, actionSubmitted: true, actionExecuted: false },
        { content },
        null,
      ],
      externalProvider: { name: 'X', externalMessageId: 17 },
    });
    await expect(connected.api.message('c1', 'm1', asOf)).resolves.toEqual({
      listedId: 'm1',
      messageId: 'm1',
      text: 'Hello',
      translatedText: null,
      createdAt: new Date('2026-01-01T10:00:00.250Z'),
      interactionId: null,
      externalProvider: { name: 'X', externalMessageId: '17' },
      author: { participantId: 'a1', type: 'AGENT', name: null, language: 'en', removed: false },
      attachments: [
        { attachmentId: 'f1', filename: null, contentType: null, kind: null },
        { attachmentId: '2', filename: null, contentType: null, kind: null },
      ],
      cards: [
        { cardId: 'k1', contentType: 'application/8x8.quick.replies', content, submitted: true, executed: false },
        { cardId: null, contentType: 'application/vnd.microsoft.card.adaptive', content, submitted: false, executed: false },
      ],
    });
    expect(connected.upstream.requests[0]?.url).toBe('/chat-gateway/v1/conversations/c1/messages/m1');
  });

  it('reads an author not known today, and what is missing, without failing', async () => {
    connected.upstream.script = json(200, { author: { type: 'whisperer' }, createdAt: 'yesterday', cards: 'none' });
    await expect(connected.api.message('c1', 'm1', asOf)).resolves.toMatchObject({
      listedId: 'm1',
      text: null,
      createdAt: null,
      author: { participantId: 'whisperer', type: 'OTHER' },
      attachments: [],
      cards: [],
    });
  });

  it('answers null where there is none', async () => {
    connected.upstream.script = json(404, {});
    await expect(connected.api.message('c1', 'm1', asOf)).resolves.toBeNull();
  });
});

import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { call, create, listOf, say } from './rest-client.js';
import { sharedKey } from './shared-key.js';

let sim: Simulator;
let now: number;

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  sim = createSimulator({ signingKey: sharedKey, agents: 'manual', clock: () => now });
  await sim.listen();
});

afterEach(() => sim.close());

async function sayInTurn(id: string, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    now += 1_000;
    await say(sim, id, text);
  }
}

async function texts(id: string, query = ''): Promise<string[]> {
  const answer = await call(sim, `/conversations/${id}/messages${query}`);
  return listOf(answer, 'messages').map(({ text }) => text);
}

describe('a list of messages', () => {
  it('lists the newest first, 20 per page', async () => {
    const id = await create(sim);
    const numbers = Array.from({ length: 21 }, (_, index) => String(index));
    await sayInTurn(id, numbers);
    const answer = await call(sim, `/conversations/${id}/messages`);
    expect(answer).toMatchObject({ status: 200, type: 'application/hal+json' });
    expect(answer.body.page).toEqual({ size: 20, number: 0, totalElements: 21, totalPages: 2 });
    expect(answer.body._links.self.href).toBe(`/chat-gateway/v1/conversations/${id}/messages`);
    expect(await texts(id)).toEqual(numbers.toReversed().slice(0, 20));
    expect(await texts(id, '?page=1')).toEqual(['0']);
  });

  it('can be read in either order, page by page', async () => {
    const id = await create(sim);
    await sayInTurn(id, ['a', 'b', 'c']);
    expect(await texts(id, '?size=2&sort=createdAt:asc')).toEqual(['a', 'b']);
    expect(await texts(id, '?size=2&page=1&sort=createdAt:asc')).toEqual(['c']);
    expect(await texts(id, '?size=2&sort=createdAt:desc')).toEqual(['c', 'b']);
    expect(await texts(id, '?size=2&page=7')).toEqual([]);
  });

  it('keeps messages of the same instant in the order in which they were written', async () => {
    const id = await create(sim);
    for (const text of ['a', 'b', 'c']) await say(sim, id, text);
    expect(await texts(id, '?sort=createdAt:asc')).toEqual(['a', 'b', 'c']);
    expect(await texts(id)).toEqual(['c', 'b', 'a']);
  });

  it('uses the injected clock', async () => {
    const id = await create(sim);
    await sayInTurn(id, ['a']);
    const [message] = listOf(await call(sim, `/conversations/${id}/messages`), 'messages');
    expect(message?.createdAt).toBe('2026-01-01T00:00:01.000Z');
  });

  it('can lag behind, also in lookups by id', async () => {
    const id = await create(sim);
    await say(sim, id, 'a');
    sim.centre.lagMessages(id, true);
    await say(sim, id, 'b');
    const hidden = sim.centre.conversation(id).messages.at(-1)?.id ?? '';
    expect(await texts(id)).toEqual(['a']);
    expect((await call(sim, `/conversations/${id}/messages/${hidden}`)).status).toBe(404);
    sim.centre.lagMessages(id, false);
    expect(await texts(id)).toEqual(['b', 'a']);
    expect((await call(sim, `/conversations/${id}/messages/${hidden}`)).body).toMatchObject({ id: hidden, text: 'b' });
  });

  it('can hide a single message', async () => {
    const id = await create(sim);
    for (const text of ['a', 'b', 'c']) await say(sim, id, text);
    const messageId = sim.centre.conversation(id).messages[1]?.id ?? '';
    sim.centre.hideFromLists(messageId);
    expect(await texts(id)).toEqual(['c', 'a']);
    sim.centre.showInLists(messageId);
    expect(await texts(id)).toEqual(['c', 'b', 'a']);
  });
});

describe('the other lists', () => {
  it('page conversations in order of their ids', async () => {
    const ids = [await create(sim), await create(sim), await create(sim)].sort();
    const first = await call(sim, '/conversations?size=2');
    const second = await call(sim, '/conversations?size=2&page=1');
    const listed = [first, second].flatMap((answer) => listOf(answer, 'conversations').map(({ id }) => id));
    expect(listed).toEqual(ids);
    expect(second.body.page).toEqual({ size: 2, number: 1, totalElements: 3, totalPages: 2 });
  });

  it('return channels and webhooks, as lists and by id', async () => {
    const channels = listOf(await call(sim, '/channels?sort=id:desc'), 'channels');
    expect(channels.map(({ id }) => id).sort()).toEqual([...sim.channelIds].sort());
    const channel = (await call(sim, `/channels/${sim.channelId}`)).body;
    expect(channel).toEqual(channels.find(({ id }) => id === sim.channelId));
    expect(channel).toMatchObject({ type: 'ChatAPI', routingOptions: { type: 'queue', id: sim.queueIds[0] } });
    sim.setWebhookUrl('http://127.0.0.1:9/hook');
    expect((await call(sim, `/webhooks/${channel.webHookId}`)).body).toMatchObject({
      uri: 'http://127.0.0.1:9/hook',
      version: 'Chat Gateway v1.0',
      notificationVersion: 'Chat Gateway v1.0',
    });
    expect(listOf(await call(sim, '/webhooks'), 'webhooks')).toHaveLength(1);
  });

  it('return interactions and participants unpaged, and accept no page', async () => {
    const id = await create(sim);
    sim.centre.routeNow(id);
    const answer = await call(sim, `/conversations/${id}/interactions`);
    expect(listOf(answer, 'interactions')).toEqual([{ id: expect.any(String) as string, startTime: '2026-01-01T00:00:00.000Z' }]);
    expect(answer.body.page).toEqual({ size: 1, number: 0, totalElements: 1, totalPages: 1 });
    expect((await call(sim, `/conversations/${id}/interactions?size=5`)).status).toBe(400);
    expect((await call(sim, `/conversations/${id}/participants?page=0`)).status).toBe(400);
  });
});

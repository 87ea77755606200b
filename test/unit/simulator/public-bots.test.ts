import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { call, create, listOf, say } from './rest-client.js';

let sim: Simulator;
let conversationId: string;

beforeEach(async () => {
  sim = createSimulator({ agents: 'manual' });
  await sim.listen();
  conversationId = await create(sim);
});

afterEach(() => sim.close());

/** What public bots send to the Chat Gateway, and its contract leaves open or allows. */
describe('the simulated Chat Gateway accepts', () => {
  it('a whole conversation, to change the queue of a chat that waits', async () => {
    const [, other = ''] = sim.queueIds;
    sim.centre.routeNow(conversationId);
    const body = { channelId: sim.channelId, assignment: { type: 'queue', id: other } };
    const answer = await call(sim, `/conversations/${conversationId}`, { method: 'PUT', body });
    expect(answer).toMatchObject({ status: 202, body: { id: conversationId, user: { name: 'Eve' } } });
    expect(sim.centre.conversation(conversationId)).toMatchObject({ queueId: other, assignment: { type: 'queue', id: other } });
  });

  it('a whole user, which replaces what was there, where a patch is laid over it', async () => {
    const path = `/conversations/${conversationId}`;
    const user = { name: 'Ann', timezoneOffset: -300, isVip: true, extra: { a: 1 } };
    await call(sim, path, { method: 'PATCH', body: { user: { ...user, email: 'ann@example.com' } } });
    await call(sim, path, { method: 'PATCH', body: { user: { isVip: false } } });
    const patched = { ...user, email: 'ann@example.com', isVip: false, additionalProperties: [] };
    expect((await call(sim, path)).body).toMatchObject({ user: patched });
    await call(sim, path, { method: 'PUT', body: { user: { name: 'Bob' } } });
    expect((await call(sim, path)).body).toMatchObject({ user: { name: 'Bob', additionalProperties: [] } });
    expect((await call(sim, path)).text).not.toContain('isVip');
  });

  it.each(['/channels', '/webhooks'])('a filter, an order and a page of 1,000 on %s', async (path) => {
    const name = path.slice(1);
    const all = listOf(await call(sim, `${path}?size=1000`), name);
    expect(all.length).toBeGreaterThan(0);
    const backwards = listOf(await call(sim, `${path}?sort=id:desc&page=0`), name);
    expect(backwards).toEqual(all.toReversed());
    expect((await call(sim, `${path}?sort=name:asc`)).status).toBe(200);
    const [first] = all;
    expect(listOf(await call(sim, `${path}?filter=${encodeURIComponent(`id==${first?.id ?? ''}`)}`), name)).toEqual([first]);
    expect(listOf(await call(sim, `${path}?filter=name==Nobody`), name)).toEqual([]);
    expect((await call(sim, `${path}?filter=nobody`)).status).toBe(400);
  });

  it('a filter and an order on attachments', async () => {
    for (const fileName of ['b.txt', 'a.txt'])
      sim.centre.files.add(sim.centre.conversation(conversationId), { fileName, contentType: 'text/plain', chunks: [Buffer.from('x')] });
    const names = async (query: string) =>
      listOf(await call(sim, `/conversations/${conversationId}/attachments?${query}`), 'attachments').map(
        (resource) => (resource as unknown as { filename: string }).filename,
      );
    expect(await names('sort=filename:asc')).toEqual(['a.txt', 'b.txt']);
    expect(await names('sort=filename:desc&size=1000')).toEqual(['b.txt', 'a.txt']);
    expect(await names('filter=filename==a.txt')).toEqual(['a.txt']);
  });

  it('thinking with the type of JSON and no body', async () => {
    const answer = await call(sim, `/conversations/${conversationId}/thinking`, { body: '' });
    expect(answer.status).toBe(204);
  });

  it('a message that another provider holds, which lists and events name too', async () => {
    const happened: object[] = [];
    sim.centre.onEvent((event) => happened.push(event));
    const externalProvider = { name: 'X', externalMessageId: '17' };
    const path = `/conversations/${conversationId}/messages`;
    expect((await call(sim, path, { body: { authorType: 'user', externalProvider } })).status).toBe(202);
    const [message] = listOf(await call(sim, path), 'messages');
    expect(message).toMatchObject({ externalProvider });
    expect(message).not.toHaveProperty('text');
    expect(happened).toContainEqual(
      expect.objectContaining({ kind: 'message-added', message: expect.objectContaining({ externalProvider }) }),
    );
  });

  it('a number of minutes as text', async () => {
    const { id } = listOf(await call(sim, '/webhooks'), 'webhooks')[0] ?? { id: '' };
    const body = { type: 'webhook', id, configuration: { maxTotalMinutes: '300', userTimeoutInMinutes: '10' } };
    expect((await call(sim, `/conversations/${conversationId}/post-agent-assignment`, { body })).status).toBe(201);
    const wrong = { ...body, configuration: { maxTotalMinutes: '300 min' } };
    expect((await call(sim, `/conversations/${conversationId}/post-agent-assignment`, { body: wrong })).status).toBe(400);
  });

  it('words beside the removal of a customer', async () => {
    const path = `/conversations/${conversationId}/participants/user`;
    expect((await call(sim, path, { method: 'PATCH', body: { removed: true, displayMessage: 'Bye' } })).status).toBe(204);
  });

  it('plain JSON as the type wanted', async () => {
    await say(sim, conversationId, 'Hi');
    const answer = await call(sim, `/conversations/${conversationId}/messages`, { headers: { accept: 'application/json' } });
    expect(answer).toMatchObject({ status: 200, body: { page: { totalElements: 1 } } });
  });
});

import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { call, create, listOf } from './rest-client.js';
import type { AnswerBody } from './rest-client.js';
import { sharedKey } from './shared-key.js';
import { createWebhookReceiver } from './webhook-receiver.js';

let sim: Simulator;
const version = 'Chat Gateway v1.0';
const hook = { name: 'Hook', uri: 'http://127.0.0.1:9/hook', version, notificationVersion: version };

beforeEach(async () => {
  sim = createSimulator({ agents: 'manual', signingKey: sharedKey });
  await sim.listen();
});
afterEach(() => sim.close());

const idOf = ({ body }: { body: AnswerBody }): string => (body as unknown as { id: string }).id;
const fieldsOf = ({ body }: { body: AnswerBody }): string[] => body.validations.map(({ field }) => field);
const aChannel = (change: object = {}) => ({
  name: 'Chat',
  type: 'ChatAPI',
  webHookId: [...sim.centre.directory.webhooks.keys()][0],
  routingOptions: { type: 'queue', id: sim.queueIds[1] },
  ...change,
});

describe('webhooks', () => {
  it('can be created, replaced and deleted', async () => {
    const made = await call(sim, '/webhooks', { body: hook });
    expect(made).toMatchObject({ status: 200, type: 'application/hal+json', body: hook });
    const path = `/webhooks/${idOf(made)}`;
    const replaced = await call(sim, path, { method: 'PUT', body: { ...hook, name: 'Other' } });
    expect(replaced).toMatchObject({ status: 200, body: { id: idOf(made), name: 'Other', uri: hook.uri } });
    expect((await call(sim, path)).body).toEqual(replaced.body);
    expect(listOf(await call(sim, '/webhooks'), 'webhooks')).toHaveLength(2);
    expect(await call(sim, path, { method: 'DELETE' })).toMatchObject({ status: 204, text: '' });
    expect((await call(sim, path)).status).toBe(404);
  });

  it.each([
    ['no name', { name: undefined }, ['name']],
    ['a name over 255 characters', { name: 'x'.repeat(256) }, ['name']],
    ['no notificationVersion', { notificationVersion: undefined }, ['notificationVersion']],
    ['another version', { version: 'v2.0' }, ['version']],
    ['no address', { uri: undefined }, ['uri']],
    ['a relative address', { uri: '/hook' }, ['uri']],
    ['another scheme', { uri: 'ftp://example.com/' }, ['uri']],
    ['an unknown field', { url: hook.uri }, ['url']],
  ])('are rejected with %s, naming the field', async (_what, change, fields) => {
    const answer = await call(sim, '/webhooks', { body: { ...hook, ...change } });
    expect(answer).toMatchObject({ status: 400, type: 'application/problem+json' });
    expect(fieldsOf(answer)).toEqual(fields);
  });

  it('cannot be deleted while a channel reports to them', async () => {
    const [id = ''] = sim.centre.directory.webhooks.keys();
    const answer = await call(sim, `/webhooks/${id}`, { method: 'DELETE' });
    expect(answer).toMatchObject({ status: 409, body: { errors: [{ code: 'conflict' }] } });
    for (const channelId of sim.channelIds) await call(sim, `/channels/${channelId}`, { method: 'DELETE' });
    expect((await call(sim, `/webhooks/${id}`, { method: 'DELETE' })).status).toBe(204);
  });

  it.each([
    [204, 204],
    [500, 400],
  ])('are verified by a signed address check: %i leads to %i', async (taken, status) => {
    const receiver = await createWebhookReceiver(() => taken);
    const answer = await call(sim, '/webhooks/verify', { body: { uri: receiver.url, version } });
    expect(answer.status).toBe(status);
    expect(receiver.received).toMatchObject([
      { event: { eventType: 'WEB_HOOK_VERIFY', notificationVersion: version }, headers: { 'x-8x8-retry': '0' } },
    ]);
    expect(receiver.received[0]?.headers['x-8x8-signature']).toBeDefined();
    await receiver.close();
  });

  it('are not verified if the address does not respond', async () => {
    const answer = await call(sim, '/webhooks/verify', { body: { uri: 'http://127.0.0.1:9/', version } });
    expect(answer.status).toBe(400);
    expect(fieldsOf(answer)).toEqual(['uri']);
  });
});

describe('channels', () => {
  it('can be created, replaced and deleted', async () => {
    const made = await call(sim, '/channels', { body: aChannel() });
    expect(made).toMatchObject({ status: 200, body: aChannel() });
    const path = `/channels/${idOf(made)}`;
    const change = aChannel({ name: 'Renamed', routingOptions: { type: 'queue', id: sim.queueIds[0] } });
    expect(await call(sim, path, { method: 'PUT', body: change })).toMatchObject({ status: 200, body: change });
    expect((await call(sim, path)).body).toMatchObject(change);
    expect((await call(sim, path, { method: 'DELETE' })).status).toBe(204);
    expect((await call(sim, path)).status).toBe(404);
  });

  it.each([
    ['no name', { name: '' }, ['name']],
    ['another type', { type: 'SMS' }, ['type']],
    ['an unknown webhook', { webHookId: 'none' }, ['webHookId']],
    ['an unknown queue', { routingOptions: { type: 'queue', id: 'none' } }, ['routingOptions.id']],
    ['a script', { routingOptions: { type: 'script', id: 's' } }, ['routingOptions.type', 'routingOptions.id']],
    ['no routing', { routingOptions: undefined }, ['routingOptions']],
    ['an unknown field', { assignment: {} }, ['assignment']],
  ])('are rejected with %s, naming the field', async (_what, change, fields) => {
    const answer = await call(sim, '/channels', { body: aChannel(change) });
    expect(answer.status).toBe(400);
    expect(fieldsOf(answer)).toEqual(fields);
  });

  it('leave their conversations, which send no more events', async () => {
    const id = await create(sim);
    sim.centre.routeNow(id);
    await call(sim, `/channels/${sim.channelId}`, { method: 'DELETE' });
    const deliveriesBefore = sim.webhookSender.deliveries().length;
    expect((await call(sim, `/conversations/${id}/messages`, { body: { authorType: 'user', text: 'Hi' } })).status).toBe(202);
    expect((await call(sim, `/conversations/${id}`)).body).toMatchObject({ id, channelId: sim.channelId });
    sim.centre.agentAccepts(id);
    sim.centre.agentLeaves(id);
    expect(sim.webhookSender.deliveries()).toHaveLength(deliveriesBefore);
  });
});

describe('a list of conversations', () => {
  it('can be filtered', async () => {
    const [one] = [await create(sim, { user: { userId: 'a,b', email: 'a@example.com' } }), await create(sim, { user: { userId: 'a' } })];
    const found = async (filter: string) => {
      const answer = await call(sim, `/conversations?filter=${encodeURIComponent(filter)}`);
      return listOf(answer, 'conversations').map(({ id }) => id);
    };
    await expect(found('user.userId==a%2Cb')).resolves.toEqual([one]);
    await expect(found('user.userId==a,user.email==a%40example.com')).resolves.toHaveLength(2);
    await expect(found(`channelId==${sim.channelId};state==created,state==active`)).resolves.toHaveLength(2);
    await expect(found('channelId!=x;user.email==a%40example.com')).resolves.toEqual([one]);
  });

  it.each([
    ['filter=colour%3D%3Dred', 'unknown selector “colour”'],
    ['filter=state', 'syntax error'],
    ['filter=', 'syntax error'],
    ['filter=state%3D%3Didle&filter=state%3D%3Didle', 'must not be repeated'],
  ])('rejects %s and says why', async (query, deliveriesBefore) => {
    const answer = await call(sim, `/conversations?${query}`);
    expect(answer.status).toBe(400);
    expect(fieldsOf(answer)).toEqual(['filter']);
    expect(answer.body.message).toContain(deliveriesBefore);
  });
});

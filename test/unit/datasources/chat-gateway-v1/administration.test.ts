import type { ReceivedRequest } from '../scripted-upstream.js';
import { json, raw } from '../scripted-upstream.js';
import { IMPOSSIBLE_IDS, asOf, connect } from './with-upstream.js';
import type { Connected } from './with-upstream.js';

let connected: Connected;
beforeEach(async () => {
  connected = await connect();
});
afterEach(() => connected.close());

const version = 'Chat Gateway v1.0';
const calls = () => connected.upstream.requests.map(({ method, url }) => `${method} ${url.replace('/chat-gateway/v1', '')}`);
const sent = (nth: number): unknown => JSON.parse(connected.upstream.requests[nth]?.body ?? '');
/** Answers reads with `there`, and changes with `changed`. */
const readThen = (there: object, changed: unknown = {}) => {
  connected.upstream.script = (request: ReceivedRequest, response) => {
    json(request.method === 'PATCH' ? 202 : 200, request.method === 'GET' ? there : changed)(request, response);
  };
};

describe('webhooks', () => {
  it.each([
    ['notificationVersion', { notificationVersion: version }],
    ['version', { version }],
    ['both', { version: 'old', notificationVersion: version }],
  ])('have their version as %s', async (_what, fields) => {
    connected.upstream.script = json(200, { id: 12, name: 'Hook', uri: 'https://example.com/hook', ...fields });
    await expect(connected.api.webhook('12', asOf)).resolves.toEqual({
      webhookId: '12',
      name: 'Hook',
      url: 'https://example.com/hook',
      notificationVersion: version,
    });
  });

  it('are listed by id', async () => {
    connected.upstream.script = json(200, { _embedded: { webhooks: [{ id: '1' }] }, page: { totalElements: 1 } });
    const page = await connected.api.webhooks({ kind: 'first', count: 5, from: 0, before: null }, asOf);
    expect(page).toMatchObject({ items: [{ webhookId: '1', name: '', url: '', notificationVersion: '' }], total: 1 });
    expect(calls()).toEqual(['GET /webhooks?size=5&page=0&sort=id%3Aasc']);
  });

  it('are made with both names of the version', async () => {
    connected.upstream.script = json(200, { id: '12' });
    const made = await connected.api.createWebhook({ name: 'Hook', url: 'https://example.com/hook' });
    expect(made).toEqual({ webhookId: '12', name: 'Hook', url: 'https://example.com/hook', notificationVersion: version });
    expect(calls()).toEqual(['POST /webhooks']);
    expect(sent(0)).toEqual({ name: 'Hook', uri: 'https://example.com/hook', version, notificationVersion: version });
  });

  it('have an unknown outcome where the answer does not name what was made', async () => {
    connected.upstream.script = raw(200, '');
    await expect(connected.api.createWebhook({ name: 'Hook', url: 'https://example.com/' })).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
  });

  it('are changed by reading them first, since all of them is replaced', async () => {
    readThen({ id: '12', name: 'Hook', uri: 'https://example.com/hook', version: 'old' });
    const changed = await connected.api.updateWebhook('12', { name: 'Other' });
    expect(changed).toEqual({ webhookId: '12', name: 'Other', url: 'https://example.com/hook', notificationVersion: version });
    expect(calls()).toEqual(['GET /webhooks/12', 'PUT /webhooks/12']);
    expect(sent(1)).toEqual({ name: 'Other', uri: 'https://example.com/hook', version, notificationVersion: version });
  });

  it('are deleted, and verified', async () => {
    connected.upstream.script = raw(204, '');
    await connected.api.deleteWebhook('a/b');
    await connected.api.verifyWebhook('https://example.com/hook');
    expect(calls()).toEqual(['DELETE /webhooks/a%2Fb', 'POST /webhooks/verify']);
    expect(sent(1)).toEqual({ uri: 'https://example.com/hook', version });
  });

  it.each([400, 409])('state why something was rejected with %i', async (status) => {
    connected.upstream.script = json(status, { message: 'm', errors: [{ code: 'c', message: 'It is in use.' }] });
    const fault = { code: 'UPSTREAM_REJECTED', status, reasons: [{ field: null, message: 'It is in use.' }] };
    await expect(connected.api.deleteWebhook('12')).rejects.toMatchObject(fault);
    await expect(connected.api.verifyWebhook('https://example.com/')).rejects.toMatchObject(fault);
  });
});

describe('channels', () => {
  it('are made as Chat API channels on a queue', async () => {
    connected.upstream.script = json(200, { id: 25 });
    const made = await connected.api.createChannel({ name: 'Web', queueId: '101', webhookId: '12' });
    expect(made).toEqual({ channelId: '25', name: 'Web', type: 'CHAT_API', rawType: 'ChatAPI', queueId: '101', webhookId: '12' });
    expect(calls()).toEqual(['POST /channels']);
    expect(sent(0)).toEqual({ name: 'Web', type: 'ChatAPI', webHookId: '12', routingOptions: { type: 'queue', id: '101' } });
  });

  it.each([
    [{ name: 'New' }, { name: 'New' }],
    [{ queueId: '102' }, { routingOptions: { type: 'queue', id: '102' } }],
    [{ webhookId: '13' }, { webHookId: '13' }],
  ])('are changed by %j and otherwise put back as they were', async (change, put) => {
    readThen({ id: '25', name: 'Web', type: 'WhatsApp', webhookId: 12, routingOption: { type: 'queue', id: '101' } });
    await connected.api.updateChannel('25', change);
    expect(calls()).toEqual(['GET /channels/25', 'PUT /channels/25']);
    expect(sent(1)).toEqual({ name: 'Web', type: 'WhatsApp', webHookId: '12', routingOptions: { type: 'queue', id: '101' }, ...put });
  });

  it('are read afresh for each change', async () => {
    readThen({ id: '25', name: 'Web' });
    await Promise.all([connected.api.updateChannel('25', { name: 'A' }), connected.api.updateChannel('25', { name: 'B' })]);
    expect(calls().filter((line) => line.startsWith('GET'))).toHaveLength(2);
  });

  it('are deleted', async () => {
    connected.upstream.script = raw(204, '');
    await expect(connected.api.deleteChannel('25')).resolves.toBeUndefined();
    expect(calls()).toEqual(['DELETE /channels/25']);
  });
});

describe('updateConversation', () => {
  const there = {
    id: 'c1',
    user: { name: 'Ana', email: '', ipaddress: '10.0.0.1', additionalProperties: [{ key: 'plan', value: 'gold' }] },
  };

  it('lays what is given over what is known of the customer', async () => {
    readThen(there);
    await connected.api.updateConversation('c1', { customer: { name: '', phone: '1', caseId: null }, assignment: null });
    expect(calls()).toEqual(['GET /conversations/c1', 'PATCH /conversations/c1']);
    expect(sent(1)).toEqual({
      user: { name: 'Ana', ipaddress: '10.0.0.1', phone: '1', additionalProperties: [{ key: 'plan', value: 'gold' }] },
    });
  });

  it('sends back what it does not know as it came, with its type', async () => {
    const user = {
      name: 'Ann',
      timezoneOffset: -300,
      ipaddress: '192.0.2.1',
      customerId: 17,
      isVip: true,
      extra: { a: 1 },
      tags: ['a', 2, null],
      nothing: null,
      additionalProperties: [{ id: 'p1', key: 'plan', value: 'gold' }, { id: 'p2', key: 'since', value: 2020 }, 'odd'],
    };
    readThen({ id: 'c1', user });
    await connected.api.updateConversation('c1', { customer: { phone: '1' }, assignment: null });
    expect(sent(1)).toEqual({ user: { ...user, phone: '1' } });
  });

  it('keeps what a property has beside its value where the property stays', async () => {
    readThen({
      id: 'c1',
      user: {
        additionalProperties: [
          { id: 'p1', key: 'plan', value: 'gold' },
          { id: 'p2', key: 'tier', value: 'a' },
        ],
      },
    });
    const properties = [
      { key: 'plan', value: 'silver' },
      { key: 'new', value: 'b' },
    ];
    await connected.api.updateConversation('c1', { customer: { properties }, assignment: null });
    const additionalProperties = [
      { id: 'p1', key: 'plan', value: 'silver' },
      { key: 'new', value: 'b' },
    ];
    expect(sent(1)).toEqual({ user: { additionalProperties } });
  });

  it.each([[[]], [[{ key: 'a', value: 'b' }]]])('replaces the properties by %j', async (properties) => {
    readThen(there);
    await connected.api.updateConversation('c1', { customer: { properties }, assignment: null });
    expect(sent(1)).toEqual({ user: { name: 'Ana', ipaddress: '10.0.0.1', additionalProperties: properties } });
  });

  it.each([
    ['QUEUE', 'queue'],
    ['SCRIPT', 'script'],
  ] as const)('assigns to a %s in one call', async (type, word) => {
    connected.upstream.script = raw(202, '');
    await connected.api.updateConversation('c1', { customer: null, assignment: { type, targetId: 't1' } });
    expect(calls()).toEqual(['PATCH /conversations/c1']);
    expect(sent(0)).toEqual({ assignment: { type: word, id: 't1' } });
  });
});

describe('what is not there', () => {
  const changes = (id: string) => [
    () => connected.api.updateWebhook(id, { name: 'x' }),
    () => connected.api.deleteWebhook(id),
    () => connected.api.updateChannel(id, { name: 'x' }),
    () => connected.api.deleteChannel(id),
    () => connected.api.updateConversation(id, { customer: { name: 'x' }, assignment: null }),
  ];

  it('is not found', async () => {
    connected.upstream.script = json(404, {});
    for (const change of changes('none')) await expect(change()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(connected.api.webhook('none', asOf)).resolves.toBeNull();
  });

  it.each(IMPOSSIBLE_IDS)('needs no call where nothing can have the id: %j', async (id) => {
    for (const change of changes(id)) await expect(change()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(connected.api.webhook(id, asOf)).resolves.toBeNull();
    expect(connected.upstream.requests).toEqual([]);
  });
});

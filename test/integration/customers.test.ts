import { RunningGateway, TRANSPORTS } from '../support/running-gateway.js';
import { WITH_SECRET, signed } from '../support/tokens.js';
import { untilTrue } from '../support/until.js';
import { askAs, dataAs, firstResult, subscriberAs } from './access-client.js';

const CREATE =
  'mutation($input: CreateConversationInput!) { createConversation(input: $input) { cursor conversation { conversationId customer { customerId } } userErrors { code } } }';
const SEND = 'mutation($input: SendMessageInput!) { sendMessage(input: $input) { userErrors { code field } } }';
const UPDATE =
  'mutation($input: UpdateConversationInput!) { updateConversation(input: $input) { conversation { customer { name customerId } } userErrors { code } } }';
const UPLOAD = 'mutation($input: CreateAttachmentUploadInput!) { createAttachmentUpload(input: $input) { uploadUrl userErrors { code } } }';
const ISSUE =
  'mutation($input: IssueCustomerTokenInput!) { issueCustomerToken(input: $input) { token expiresAt userErrors { code field } } }';
const SEEN = 'query($c: ID!) { conversation(id: $c) { conversationId } }';

interface Created {
  readonly cursor: string;
  readonly conversation: { readonly conversationId: string; readonly customer: { readonly customerId: string } };
}

let gateway: RunningGateway;
let service: string;
let mia: string;
beforeAll(async () => {
  gateway = await RunningGateway.start({ config: { auth: WITH_SECRET } });
  service = await signed({ scope: 'chat:service', sub: 'bot' });
  mia = await signed({ scope: 'chat:customer', sub: 'mia', customer_id: 'mia' });
});
afterAll(() => gateway.stop());

const created = (token: string, customer: object = {}, more: object = {}) =>
  dataAs<Created>(gateway, token, CREATE, { input: { channelId: gateway.simulator.channelId, customer, ...more } });
const codeOf = async (token: string, query: string, input: object) =>
  (await askAs(gateway, token, query, { input })).body.errors?.[0]?.extensions.code;
const authorsIn = (id: string) => [...gateway.simulator.centre.conversation(id).messages].map(({ author }) => author.type as string);

describe('a conversation that a customer creates', () => {
  it('is bound to that customer, with or without an id', async () => {
    expect((await created(mia, { name: 'Mia' })).conversation.customer).toEqual({ customerId: 'mia' });
    expect((await created(mia, { customerId: 'mia' })).conversation.customer).toEqual({ customerId: 'mia' });
  });

  it.each([
    ['for another customer', { customer: { customerId: 'bob' } }],
    ['with a property that could pass for the id', { customer: { properties: [{ key: 'userId', value: 'bob' }] } }],
    ['with words put into the mouth of a bot', { customer: {}, history: [{ sentAs: 'BOT', text: 'You get a refund.' }] }],
    ['into a queue of its choice', { customer: {}, assignment: { type: 'QUEUE', targetId: 'vip' } }],
  ])('cannot be %s', async (_what, input) => {
    expect(await codeOf(mia, CREATE, { channelId: gateway.simulator.channelId, ...input })).toBe('FORBIDDEN');
  });
});

describe('a customer', () => {
  let id: string;
  beforeAll(async () => {
    ({ conversationId: id } = (await created(mia)).conversation);
  });

  it('writes as CUSTOMER by default; a service as BOT', async () => {
    for (const [token, more] of [
      [mia, {}],
      [mia, { sendAs: 'CUSTOMER' }],
      [service, {}],
      [service, { sendAs: 'CUSTOMER' }],
    ] as const)
      expect(await dataAs(gateway, token, SEND, { input: { conversationId: id, text: 'hello', ...more } })).toEqual({ userErrors: [] });
    expect(authorsIn(id)).toEqual(['user', 'user', 'bot', 'user']);
  });

  it.each([
    [SEND, { text: 'hello' }],
    ['mutation($input: SendTypingInput!) { sendTyping(input: $input) { userErrors { code } } }', {}],
    ['mutation($input: MarkReadInput!) { markRead(input: $input) { userErrors { code } } }', {}],
    [UPLOAD, { filename: 'a.txt', contentType: 'text/plain', sizeBytes: 5 }],
  ])('cannot pass for a bot: %s', async (query, input) => {
    expect(await codeOf(mia, query, { conversationId: id, ...input, sendAs: 'BOT' })).toBe('FORBIDDEN');
  });

  it('may change its own data, but neither its identity nor the assignment', async () => {
    const customer = { name: 'Mia M.', customerId: 'mia' };
    expect(await dataAs(gateway, mia, UPDATE, { input: { conversationId: id, customer: { name: 'Mia M.' } } })).toEqual({
      conversation: { customer },
      userErrors: [],
    });
    expect(await codeOf(mia, UPDATE, { conversationId: id, customer: { customerId: 'bob' } })).toBe('FORBIDDEN');
    expect(await codeOf(mia, UPDATE, { conversationId: id, customer: { properties: [{ key: 'CustomerID', value: 'bob' }] } })).toBe(
      'FORBIDDEN',
    );
    expect(await codeOf(mia, UPDATE, { conversationId: id, assignment: { type: 'QUEUE', targetId: 'vip' } })).toBe('FORBIDDEN');
    const listed = await signed({ scope: 'chat:customer', conversations: [id] });
    expect(await codeOf(listed, UPDATE, { conversationId: id, customer: { customerId: 'mia' } })).toBe('FORBIDDEN');
  });

  it('sends only files that were uploaded to the same conversation', async () => {
    const other = (await created(service, { customerId: 'bob' })).conversation.conversationId;
    const [own, foreign] = [await uploaded(id, mia), await uploaded(other, service)];
    const send = (attachmentIds: string[]) => dataAs(gateway, mia, SEND, { input: { conversationId: id, attachmentIds } });
    expect(await send([own])).toEqual({ userErrors: [] });
    expect(await send([own, foreign])).toEqual({ userErrors: [{ code: 'NOT_FOUND', field: ['attachmentIds', '1'] }] });
    expect(await send(['none'])).toEqual({ userErrors: [{ code: 'NOT_FOUND', field: ['attachmentIds', '0'] }] });
  });
});

async function uploaded(conversationId: string, token: string): Promise<string> {
  const input = { conversationId, filename: 'a.txt', contentType: 'text/plain', sizeBytes: 5 };
  const { uploadUrl } = await dataAs<{ uploadUrl: string }>(gateway, token, UPLOAD, { input });
  const response = await fetch(uploadUrl, { method: 'PUT', body: 'hello' });
  return ((await response.json()) as { attachmentId: string }).attachmentId;
}

it.each(TRANSPORTS)(
  "hides a conversation from its customer once it is another one's, in mid-subscription over %s too",
  async (transport) => {
    const { conversation, cursor } = await created(service, { customerId: 'mia' });
    const c = conversation.conversationId;
    const client = subscriberAs(gateway, mia, transport);
    const query = 'subscription($c: ID!, $after: String) { conversationEvents(conversationId: $c, after: $after) { type } }';
    const results = client.iterate({ query, variables: { c, after: cursor } });
    const received: unknown[] = [];
    const over = (async () => {
      for await (const result of results) received.push(result);
    })().catch((errors: unknown) => errors);
    // The contact centre sends events for the creation and for the queue.
    await untilTrue(() => received.length === 3);
    await dataAs(gateway, service, UPDATE, { input: { conversationId: c, customer: { customerId: 'bob' } } });
    expect(await over).toMatchObject([{ extensions: { code: 'NOT_FOUND' }, message: 'There is no such conversation.' }]);
    expect(received).toHaveLength(3);
    await client.dispose();

    expect(await dataAs(gateway, mia, SEEN, { c })).toBeNull();
    const bob = await signed({ scope: 'chat:customer', customer_id: 'bob' });
    expect(await dataAs(gateway, bob, SEEN, { c })).toEqual({ conversationId: c });
    // What happened before is its to see now, also when it was another's then.
    const first = subscriberAs(gateway, bob, transport);
    expect(await firstResult(first, query, { c, after: cursor })).toMatchObject({
      data: { conversationEvents: { type: 'CONVERSATION_UPDATED' } },
    });
    await first.dispose();
  },
);

describe('a token that a service gets for a customer', () => {
  it('is limited to its conversations and the requested lifetime', async () => {
    const [own, other] = [(await created(service)).conversation.conversationId, (await created(service)).conversation.conversationId];
    const before = Date.now();
    const { token, expiresAt } = await dataAs<{ token: string; expiresAt: string }>(gateway, service, ISSUE, {
      input: { conversationIds: [own], ttlSeconds: 600 },
    });
    expect(new Date(expiresAt).getTime()).toBeGreaterThanOrEqual(Math.floor(before / 1_000) * 1_000 + 600_000);
    expect(await dataAs(gateway, token, SEEN, { c: own })).toEqual({ conversationId: own });
    expect(await dataAs(gateway, token, SEEN, { c: other })).toBeNull();
    expect(await dataAs(gateway, token, '{ viewer { role conversationIds } }')).toEqual({ role: 'CUSTOMER', conversationIds: [own] });
    expect(await codeOf(token, ISSUE, { conversationIds: [own] })).toBe('FORBIDDEN');
  });

  it.each([
    [{ conversationIds: [] }, 'REQUIRED', ['conversationIds']],
    [{ conversationIds: ['c1', ''] }, 'INVALID', ['conversationIds', '1']],
    [{ conversationIds: Array(101).fill('c') as string[] }, 'TOO_MANY', ['conversationIds']],
    [{ conversationIds: ['c1'], ttlSeconds: 0 }, 'INVALID', ['ttlSeconds']],
    [{ conversationIds: ['c1'], ttlSeconds: 86_401 }, 'INVALID', ['ttlSeconds']],
  ])('is not issued for %j', async (input, code, field) => {
    expect(await dataAs(gateway, service, ISSUE, { input })).toEqual({ token: null, expiresAt: null, userErrors: [{ code, field }] });
  });

  it('is rejected by a gateway without a secret', async () => {
    const open = await RunningGateway.start();
    const { body } = await askAs(open, null, ISSUE, { input: { conversationIds: ['c1'] } });
    expect(body.errors).toMatchObject([{ message: expect.stringContaining('AUTH_SECRET is not set'), extensions: { code: 'FORBIDDEN' } }]);
    await open.stop();
  });
});

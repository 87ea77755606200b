import { RunningGateway } from '../support/running-gateway.js';
import { WITH_SECRET, signed } from '../support/tokens.js';
import { connectRaw, nextOf } from './raw-socket.js';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await RunningGateway.start();
});
afterAll(() => gateway.stop());

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
/** As a text: what writes JSON calls itself for each level. */
const cardRequest = (levels: number) =>
  `{"query":"mutation($c: JSON!) { sendMessage(input: { conversationId: \\"c\\", cards: [{ contentType: \\"application/vnd.microsoft.card.adaptive\\", content: $c }] }) { cursor } }","variables":{"c":{"body":${nested(levels - 1)}}}}`;
const rejected = (message: RegExp): unknown[] => [
  expect.objectContaining({ message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } }),
];

it.each([
  [20_000, /^`variables` may be nested 120 levels deep at most\.$/],
  [101, /JSON may be nested 100 levels deep at most/],
])('rejects a card %d levels deep over HTTP', async (levels, message) => {
  const { status, data, errors } = await gateway.post(cardRequest(levels));
  expect([status, data, errors]).toEqual([400, null, rejected(message)]);
});

it('rejects a literal card that is too deep', async () => {
  const query = `mutation { sendMessage(input: { conversationId: "c", cards: [{ contentType: "x", content: ${nested(101)} }] }) { cursor } }`;
  const { errors } = await gateway.post({ query });
  expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(/JSON may be nested 100 levels deep at most/) })]);
});

it.each([
  ['a query', 'query Q($f: ConversationFilter) { conversations(first: 1, filter: $f) { totalCount } }'],
  ['a subscription', 'subscription S($f: [ConversationEventType!]) { allConversationEvents(types: $f) { id } }'],
])('rejects variables 9,000 levels deep of %s over a socket, which goes on', async (_what, query) => {
  const socket = await connectRaw(gateway.addresses.wsUrl);
  socket.send(`{"id":"1","type":"subscribe","payload":{"query":"${query}","variables":{"f":${nested(9_000)}}}}`);
  expect(await nextOf(socket)).toMatchObject({ type: 'error', payload: rejected(/`variables` may be nested 120 levels deep at most/) });
  socket.send('{"id":"2","type":"subscribe","payload":{"query":"{ viewer { role } }"}}');
  expect(await nextOf(socket)).toMatchObject({ type: 'next', id: '2' });
  socket.terminate();
});

it('accepts a card as deep as cards are', async () => {
  const { errors } = await gateway.post(cardRequest(90));
  expect(errors.map(({ extensions }) => extensions?.['code'])).not.toContain('BAD_USER_INPUT');
});

it('rejects a token that ends after the year 9999', async () => {
  const guarded = await RunningGateway.start({ config: { auth: WITH_SECRET } });
  const ask = async (exp: number) =>
    guarded.post({ query: '{ viewer { expiresAt } }' }, { authorization: `Bearer ${await signed({ scope: 'chat:service', exp })}` });
  expect(await ask(1e13)).toMatchObject({
    status: 401,
    errors: [{ message: expect.stringMatching(/`exp` must be seconds since 1970/), extensions: { code: 'UNAUTHENTICATED' } }],
  });
  expect(await ask(253_402_300_799)).toMatchObject({ status: 200, data: { viewer: { expiresAt: '9999-12-31T23:59:59.000Z' } } });
  await guarded.stop();
});

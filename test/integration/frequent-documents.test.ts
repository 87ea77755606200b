import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { parse } from 'graphql';
import { SendMessageDocument } from '../operations/operations.generated.js';
import { RunningGateway, TRANSPORTS } from '../support/running-gateway.js';
import { WITH_SECRET, signed } from '../support/tokens.js';
import { createConversation } from './followed-conversation.js';
import { connectRaw, operationOn } from './raw-socket.js';

/** From the third one on, a document may be compiled; the compiler is loaded then, in its own time. */
const TIMES = 8;

interface Request {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}
type Outcome = { readonly data: unknown; readonly errors: readonly { readonly message: string; readonly code: unknown }[] };

let gateway: RunningGateway;
let id: string;
beforeAll(async () => {
  gateway = await RunningGateway.start();
  ({ id } = await createConversation(gateway));
});
afterAll(() => gateway.stop());

function outcome(answer: { data?: unknown; errors?: readonly { message: string; extensions?: Record<string, unknown> }[] }): Outcome {
  return {
    data: answer.data ?? null,
    errors: (answer.errors ?? []).map(({ message, extensions }) => ({ message, code: extensions?.['code'] })),
  };
}

const overHttp = async (request: Request, token?: string) =>
  outcome(await gateway.post(request, token === undefined ? {} : { authorization: `Bearer ${token}` }));

async function overWebSocket(request: Request): Promise<Outcome> {
  const socket = await connectRaw(gateway.addresses.wsUrl);
  const answer = await operationOn(socket, '1', request);
  socket.terminate();
  if ('closed' in answer) throw new Error(`closed with ${answer.closed}`);
  return outcome(answer.type === 'error' ? { errors: answer.payload as never } : (answer.payload as object));
}

const FRAGMENTS = 'fragment D on Conversation { ...C createdAt } fragment C on Conversation { conversationId }';
const MORE_FRAGMENTS = `fragment R on Conversation { ...C } ${FRAGMENTS}`;
const ok = (data: unknown): Outcome => ({ data, errors: [] });
const failed = (message: RegExp, code: string, data: unknown = null): Outcome => ({
  data,
  errors: [{ message: expect.stringMatching(message) as string, code }],
});

const CASES: readonly (readonly [string, () => Request, () => Outcome])[] = [
  [
    'fragments of which one is left out',
    () => ({
      query: `query Q($id: ID!, $m: Boolean!) { conversation(id: $id) { ...D @include(if: $m) ...R } } ${MORE_FRAGMENTS}`,
      variables: { id, m: false },
    }),
    () => ok({ conversation: { conversationId: id } }),
  ],
  [
    'a field that is left out the second time',
    () => ({
      query: `query Q($id: ID!, $m: Boolean!) { conversation(id: $id) { conversationId } conversation(id: $id) @include(if: $m) { ...D } } ${FRAGMENTS}`,
      variables: { id, m: false },
    }),
    () => ok({ conversation: { conversationId: id } }),
  ],
  [
    'a list in the place of an input object',
    () => ({
      query: 'query Q($f: ConversationFilter) { conversations(first: 1, filter: $f) { totalCount } }',
      variables: { f: [] },
    }),
    () => failed(/Variable "\$f" got invalid value \[\]/, 'BAD_USER_INPUT'),
  ],
  [
    'null for a directive',
    () => ({ query: 'query Q($m: Boolean = true) { viewer { role @include(if: $m) } }', variables: { m: null } }),
    () => failed(/"if" of non-null type "Boolean!" must not be null/, 'BAD_USER_INPUT'),
  ],
  [
    'null for an argument',
    () => ({ query: 'query Q($ids: [ID!] = []) { nodes(ids: $ids) { id } }', variables: { ids: null } }),
    () => failed(/"ids" of non-null type "\[ID!\]!" must not be null/, 'BAD_USER_INPUT'),
  ],
  [
    'an operation name that is empty',
    () => ({ query: 'query Q { viewer { role } }', operationName: '' }),
    () => failed(/operation/i, 'OPERATION_RESOLUTION_FAILURE'),
  ],
];

describe.each([
  ['HTTP', overHttp],
  ['WebSocket', overWebSocket],
] as const)('over %s', (_way, ask) => {
  it.each(CASES.map(([what, request, expected]) => ({ what, request, expected })))(
    'answers $what in the same way each time',
    async ({ request, expected }) => {
      for (let time = 0; time < TIMES; time += 1) expect(await ask(request())).toEqual(expected());
    },
  );
});

const CURSOR = parse('query Cursor($id: ID!) { conversation(id: $id) { latestCursor } }') as TypedDocumentNode<
  { conversation: { latestCursor: string } },
  { id: string }
>;

it.each(TRANSPORTS)('delivers each event over %s as it delivers the first, though a fragment is left out', async (transport) => {
  const document = parse(`
    subscription S($id: ID!, $after: String, $m: Boolean!) { messageAdded(conversationId: $id, after: $after) { message { ...D @include(if: $m) ...R } } }
    fragment R on Message { ...C } fragment D on Message { ...C createdAt } fragment C on Message { text }
  `) as TypedDocumentNode<{ messageAdded: { message: { text: string } } }, { id: string; after: string; m: boolean }>;
  await gateway.simulator.webhookSender.settled();
  const { conversation } = await gateway.get(CURSOR, { id });
  // However late the subscription begins, it misses none.
  const results = gateway.subscribe(document, { id, after: conversation.latestCursor, m: false }, transport);
  const texts = Array.from({ length: TIMES }, (_, n) => `message ${n} over ${transport}`);
  const received: unknown[] = [];
  for (const text of texts) {
    await gateway.get(SendMessageDocument, { input: { conversationId: id, text } });
    received.push((await results.next()).data);
  }
  expect(received).toEqual(texts.map((text) => ({ messageAdded: { message: { text } } })));
  await results.stop();
});

describe('with tokens', () => {
  let open: RunningGateway;
  beforeAll(async () => {
    open = gateway;
    gateway = await RunningGateway.start({ config: { auth: WITH_SECRET } });
  });
  afterAll(async () => {
    await gateway.stop();
    gateway = open;
  });

  it('does not send a message after a rejected mutation', async () => {
    const token = await signed({ scope: 'chat:service', sub: 'bot' });
    const request: Request = {
      query: `mutation M($id: ID!) {
        first: createWebhook(input: { name: "w", url: "https://example.org/" }) { webhook { id } }
        second: sendMessage(input: { conversationId: $id, text: "never" }) { cursor }
      }`,
      variables: { id: 'c1' },
    };
    const sends = () => gateway.simulator.calls.filter(({ method }) => method === 'POST').length;
    const before = sends();
    for (let time = 0; time < TIMES; time += 1)
      expect(await overHttp(request, token)).toEqual(failed(/The token does not allow this/, 'FORBIDDEN'));
    expect(sends()).toBe(before);
  });
});

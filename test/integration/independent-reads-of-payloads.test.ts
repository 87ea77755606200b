import { toGlobalId } from '../../src/schema/global-id.js';
import { HeldUpstream, conversationsOf, dataOf } from '../support/held-upstream.js';

const PARTS = `state messages(last: 20) { nodes { text attachments { filename } } } participants { type } interactions(first: 5) { nodes { interactionId } } channel { name }`;
const C1 = '/conversations/c1';
const partsOf = (id: string, ...more: string[]) => [
  `/conversations/${id}`,
  ...['messages', 'participants', 'interactions', 'attachments'].map((part) => `/conversations/${id}/${part}`),
  ...more,
];
/** All that `PARTS` selects of a conversation that is known. */
const ALL = partsOf('c1', '/channels/ch1');
/** The whole of c1, as far as `PARTS` selects it. */
const WHOLE = {
  messages: { nodes: [{ text: 'Secret of c1', attachments: [{ filename: 'a.pdf' }] }] },
  participants: [{ type: 'CUSTOMER' }],
  interactions: { nodes: [{ interactionId: 'c1-i1' }] },
  channel: { name: 'Web' },
};

let upstream: HeldUpstream;
const ask = (query: string, variables: object = {}) => upstream.gateway.post<Record<string, unknown>>({ query, variables });

describe.each([
  ['interpreted', Infinity],
  ['compiled', 0],
])('what is selected of a conversation in a payload, %s', (_how, compiledAfter) => {
  beforeEach(async () => {
    upstream = await HeldUpstream.start({ compiledAfter });
    upstream.answers = (path) =>
      path.startsWith('PATCH') ? { status: path.endsWith('/c1') ? 202 : 204, body: {} } : conversationsOf('c1')(path);
    // Known from now on.
    await upstream.rounds(() => ask('{ conversation(id: "c1") { state } }'), [[C1]]);
  });
  afterEach(() => upstream.stop());

  it.each([
    ['sendMessage', 'text: "Hello"', ['POST /conversations/c1/messages']],
    ['sendTyping', '', ['POST /conversations/c1/typing']],
    ['sendThinking', '', ['POST /conversations/c1/thinking']],
    ['markRead', '', ['POST /conversations/c1/read-receipt']],
    ['scheduleReturnToBot', 'webhookId: "w1"', ['POST /conversations/c1/post-agent-assignment']],
    ['leaveConversation', '', ['PATCH /conversations/c1/participants/user']],
    ['updateConversation', 'assignment: { type: QUEUE, targetId: "q1" }', ['PATCH /conversations/c1']],
  ])('is read in one round after %s', async (mutation, input, first) => {
    const query = `mutation { ${mutation}(input: { conversationId: "c1" ${input} }) { userErrors { code message } conversation { ${PARTS} } } }`;
    const data = await dataOf(upstream.rounds(() => ask(query), [first, ALL]));
    expect(data).toEqual({ [mutation]: { userErrors: [], conversation: expect.objectContaining(WHOLE) as object } });
  });

  it('is read in one round after eraseConversation, except for the channel, which the gateway has forgotten', async () => {
    const query = `mutation { eraseConversation(input: { conversationId: "c1" }) { removedEvents conversation { ${PARTS} } } }`;
    const data = await dataOf(upstream.rounds(() => ask(query), [partsOf('c1'), ['/channels/ch1']]));
    expect(data).toEqual({ eraseConversation: { removedEvents: 0, conversation: expect.objectContaining(WHOLE) as object } });
  });

  it('is read in one round after createConversation has read the history that it names', async () => {
    upstream.answers = conversationsOf('new');
    const query = `mutation { createConversation(input: { channelId: "ch1", customer: {}, history: [{ sentAs: CUSTOMER, text: "Hi" }] }) { conversation { ${PARTS} } } }`;
    const rounds = [['POST /conversations'], ['/conversations/new/messages'], partsOf('new', '/channels/ch1')];
    expect(await dataOf(upstream.rounds(() => ask(query), rounds))).toMatchObject({
      createConversation: { conversation: { messages: { nodes: [{ text: 'Secret of new' }] }, channel: { name: 'Web' } } },
    });
  });

  it('is read in one round as a node, and below other nodes', async () => {
    const id = toGlobalId('Conversation', 'c1');
    const node = `query($id: ID!) { node(id: $id) { ... on Conversation { ${PARTS} } } }`;
    expect(await dataOf(upstream.rounds(() => ask(node, { id }), [ALL]))).toEqual({ node: expect.objectContaining(WHOLE) as object });
    const nodes = `query($ids: [ID!]!) { nodes(ids: $ids) { ... on Conversation { ${PARTS} } ... on Interaction { conversation { ${PARTS} } }
      ... on Participant { id } } }`;
    const ids = [id, toGlobalId('Interaction', 'c1', 'c1-i1'), toGlobalId('Participant', 'c1', 'CUSTOMER', 'user')];
    expect(await dataOf(upstream.rounds(() => ask(nodes, { ids }), [ALL]))).toEqual({
      nodes: [expect.objectContaining(WHOLE), { conversation: expect.objectContaining(WHOLE) as object }, { id: ids[2] }],
    });
  });
});

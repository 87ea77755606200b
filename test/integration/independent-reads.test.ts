import { toGlobalId } from '../../src/schema/global-id.js';
import { HeldUpstream, conversationsOf, dataOf } from '../support/held-upstream.js';

const MESSAGES = 'messages(last: 20) { nodes { text } }';
const FILES = 'messages(last: 20) { nodes { attachments { filename sizeBytes } } }';
const PARTS = `${MESSAGES} participants { type } interactions(first: 5) { nodes { interactionId } }`;
const C1 = '/conversations/c1';
const of = (id: string, ...parts: string[]) => parts.map((part) => `/conversations/${id}/${part}`);

let upstream: HeldUpstream;
const ask = (query: string, variables: object = {}) => upstream.gateway.post<Record<string, unknown>>({ query, variables });

describe.each([
  ['interpreted', Infinity],
  ['compiled', 0],
])('what is selected of a conversation, %s', (_how, compiledAfter) => {
  beforeEach(async () => {
    upstream = await HeldUpstream.start({ compiledAfter });
  });
  afterEach(() => upstream.stop());

  it('is read together with the record of a conversation that nobody has asked for yet, its channel after it', async () => {
    const query = `{ conversation(id: "c1") { state ${PARTS} channel { name } } }`;
    const data = await dataOf(
      upstream.rounds(() => ask(query), [[C1, ...of('c1', 'messages', 'participants', 'interactions')], ['/channels/ch1']]),
    );
    expect(data).toMatchObject({
      conversation: {
        messages: { nodes: [{ text: 'Secret of c1' }] },
        participants: [{ type: 'CUSTOMER' }],
        interactions: { nodes: [{ interactionId: 'c1-i1' }] },
        channel: { name: 'Web' },
      },
    });
  });

  it('is read together with all else once the conversation is known, names of files and the channel included', async () => {
    await upstream.rounds(() => ask('{ conversation(id: "c1") { state } }'), [[C1]]);
    const query = `{ conversation(id: "c1") { state ${PARTS} channel { name } ...Files } } fragment Files on Conversation { ${FILES} }`;
    const parts = of('c1', 'messages', 'participants', 'interactions', 'attachments');
    const data = await dataOf(upstream.rounds(() => ask(query), [[C1, ...parts, '/channels/ch1']]));
    expect(data).toMatchObject({ conversation: { messages: { nodes: [{ attachments: [{ filename: 'a.pdf', sizeBytes: 5 }] }] } } });
  });

  it('is read in two rounds at most when everything is selected of an unknown one', async () => {
    const query = `{ conversation(id: "c1") { state ${PARTS} channel { name } ...Files } } fragment Files on Conversation { ${FILES} }`;
    const rounds = [
      [C1, ...of('c1', 'messages', 'participants', 'interactions')],
      [...of('c1', 'attachments'), '/channels/ch1'],
    ];
    await dataOf(upstream.rounds(() => ask(query), rounds));
  });

  it('is read once for each window, whatever it is called and wherever it is selected', async () => {
    const query = `query($n: Int) { conversation(id: "c1") { a: ${MESSAGES} b: messages(last: $n) { nodes { id } } ... on Node { ...M } } }
      fragment M on Conversation { c: messages(last: 20) { pageInfo { hasNextPage } } d: messages(first: 20) { nodes { id } } }`;
    await dataOf(upstream.rounds(() => ask(query, { n: 20 }), [[C1, ...of('c1', 'messages', 'messages')]]));
  });

  it('is read neither where a directive leaves it out nor where an argument is wrong', async () => {
    const query = `query($no: Boolean!, $yes: Boolean!) { conversation(id: "c1") { state messages(last: 20) @skip(if: $yes) { nodes { text } }
      ... @include(if: $no) { participants { type } } interactions(first: 0) { nodes { id } }
      wrong: messages(last: 20, after: "nonsense") { nodes { attachments { filename } } } typed: participants @include(if: $yes) { type } } }`;
    const { errors } = await upstream.rounds(() => ask(query, { no: false, yes: true }), [[C1, ...of('c1', 'participants')]]);
    expect(errors.map(({ path, extensions }) => [path?.join('.'), extensions?.['code']]).toSorted()).toEqual([
      ['conversation.interactions', 'BAD_USER_INPUT'],
      ['conversation.wrong', 'BAD_USER_INPUT'],
    ]);
  });

  it('is read together for all conversations of a list, right after it', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `c${index}`);
    upstream.answers = conversationsOf(...ids);
    const query = `{ conversations(first: 20) { nodes { state ${PARTS} channel { name } ...Files } } } fragment Files on Conversation { ${FILES} }`;
    const parts = ids.flatMap((id) => of(id, 'messages', 'participants', 'interactions', 'attachments'));
    await dataOf(upstream.rounds(() => ask(query), [['/conversations'], [...parts, '/channels/ch1']]));
  });

  it('is read together for nodes, as far as it is selected of their types', async () => {
    upstream.answers = conversationsOf('c1', 'c2');
    const ids = [toGlobalId('Conversation', 'c1'), toGlobalId('Interaction', 'c2', 'c2-i1')];
    const query = `query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Conversation { ${MESSAGES} }
      ... on Interaction { conversation { participants { type } } } ... on Message { conversation { interactions(first: 1) { nodes { id } } } } } }`;
    const round = [C1, ...of('c1', 'messages'), ...of('c2', 'interactions', 'participants')];
    await dataOf(upstream.rounds(() => ask(query, { ids }), [round]));
  });

  it('is read together below an interaction and a message', async () => {
    const interaction = `{ interaction(conversationId: "c1", id: "c1-i1") { conversation { participants { type } } } }`;
    await dataOf(upstream.rounds(() => ask(interaction), [of('c1', 'interactions', 'participants')]));
    const message = `{ message(conversationId: "c1", id: "c1-m1") { attachments { filename } interaction { startedAt } } }`;
    upstream.answers = (path) => ({ status: 200, body: path.endsWith('c1-m1') ? { id: 'c1-m1', author: {} } : {} });
    await dataOf(upstream.rounds(() => ask(message), [of('c1', 'messages/c1-m1', 'attachments', 'interactions')]));
  });

  it('is read together after the mutation that created it, the channel that it was created in included', async () => {
    upstream.answers = conversationsOf('new');
    const query = `mutation { createConversation(input: { channelId: "ch9", customer: {} }) { conversation { state ${PARTS} channel { name } ...Files } } }
      fragment Files on Conversation { ${FILES} }`;
    upstream.answers = (path) => {
      const { status, body } = conversationsOf('new')(path);
      return { status, body: path === '/conversations/new' ? { ...(body as object), channelId: 'ch9' } : body };
    };
    const parts = of('new', 'messages', 'participants', 'interactions', 'attachments');
    await dataOf(upstream.rounds(() => ask(query), [['POST /conversations'], ['/conversations/new', ...parts, '/channels/ch9']]));
  });

  it('is read again where the channel has changed since', async () => {
    await upstream.rounds(() => ask('{ conversation(id: "c1") { state } }'), [[C1]]);
    upstream.answers = (path) => {
      const { body } = conversationsOf('c1')(path);
      return path === '/channels/ch1'
        ? { status: 500, body: {} }
        : { status: 200, body: path === C1 ? { ...(body as object), channelId: 'ch2' } : body };
    };
    const held = ask('{ conversation(id: "c1") { channel { channelId } } }');
    await upstream.answer([C1, '/channels/ch1']);
    upstream.release();
    expect(await dataOf(held)).toEqual({ conversation: { channel: { channelId: 'ch2' } } });
  });

  it('costs four calls at most where there is no such conversation, and is null without an error', async () => {
    const query = `{ conversation(id: "none") { state ${PARTS} channel { name } ...Files } } fragment Files on Conversation { ${FILES} }`;
    const round = ['/conversations/none', ...of('none', 'messages', 'participants', 'interactions')];
    expect(await dataOf(upstream.rounds(() => ask(query), [round]))).toEqual({ conversation: null });
    const paging =
      'query($a: String) { conversation(id: "none") { messages(first: 100, after: $a) { nodes { id } } participants { type } interactions(first: 1) { nodes { id } } } }';
    const after = Buffer.from('messages:none:49').toString('base64url');
    const answer = await upstream.rounds(
      () => ask(paging, { a: after }),
      [['/conversations/none', ...of('none', 'messages', 'messages', 'participants')]],
    );
    expect(answer.data).toEqual({ conversation: null });
  });
});

describe('a read that fails', () => {
  const unhandled: unknown[] = [];
  const keep = (reason: unknown) => unhandled.push(reason);
  beforeEach(async () => {
    unhandled.length = 0;
    process.on('unhandledRejection', keep);
    upstream = await HeldUpstream.start();
  });
  afterEach(async () => {
    await upstream.stop();
    process.off('unhandledRejection', keep);
    expect(unhandled).toEqual([]);
  });
  /** Rejected, so that nothing is retried. */
  const failing = (pattern: RegExp) => {
    upstream.answers = (path) => (pattern.test(path) ? { status: 400, body: {} } : conversationsOf('c1')(path));
    upstream.release();
  };
  const errorsOf = async (query: string) =>
    (await ask(query)).errors.map(({ path, extensions }) => [path?.join('.'), extensions?.['code']]);

  it('is reported once, where it was selected', async () => {
    failing(/messages$/);
    expect(await errorsOf(`{ conversation(id: "c1") { state ${PARTS} } }`)).toEqual([['conversation.messages', 'UPSTREAM_REJECTED']]);
    expect(upstream.paths.filter((path) => path.endsWith('messages'))).toHaveLength(1);
  });

  it('is not reported where the record fails too, which is', async () => {
    failing(/c1/);
    expect(await errorsOf(`{ conversation(id: "c1") { state ${PARTS} } }`)).toEqual([['conversation', 'UPSTREAM_REJECTED']]);
  });

  it('is not reported where the conversation does not exist', async () => {
    failing(/none\//);
    expect(await errorsOf(`{ conversation(id: "none") { state ${PARTS} } }`)).toEqual([]);
  });
});

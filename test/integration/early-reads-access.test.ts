import { toGlobalId } from '../../src/schema/global-id.js';
import { HeldUpstream, conversationsOf } from '../support/held-upstream.js';
import type { Answers } from '../support/held-upstream.js';
import { WITH_SECRET, signed } from '../support/tokens.js';

const SELECTED = `{ id state messages(last: 20) { nodes { text attachments { filename } } } participants { type } interactions(first: 5) { nodes { id } } }`;
const QUERY = `query($id: ID!) { conversation(id: $id) ${SELECTED} }`;
const THREE = ['messages', 'participants', 'interactions'];
const of = (id: string, ...parts: string[]) => parts.map((part) => `/conversations/${id}/${part}`);

let upstream: HeldUpstream;
let token: string;
beforeEach(async () => {
  upstream = await HeldUpstream.start({}, { auth: WITH_SECRET });
  // The conversation `c1` is of the customer `c1`, and `c2` of `c2`.
  upstream.answers = conversationsOf('c1', 'c2', 'c3');
  token = await signed({ scope: 'chat:customer', sub: 'c1', customer_id: 'c1' });
});
afterEach(() => upstream.stop());

const ask = (query: string, variables: object = {}) =>
  upstream.gateway.post<{ conversation: unknown }>({ query, variables }, { authorization: `Bearer ${token}` });
const essence = async (answer: ReturnType<typeof ask>) => {
  const { status, data, errors } = await answer;
  return { status, data, errors };
};

describe('a customer whose conversations are known by their customer id', () => {
  it('reads its own conversation in one round', async () => {
    const { data, errors } = await upstream.rounds(
      () => ask(QUERY, { id: 'c1' }),
      [['/conversations/c1', ...of('c1', ...THREE)], of('c1', 'attachments')],
    );
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ conversation: { messages: { nodes: [{ text: 'Secret of c1' }] } } });
  });

  it('is answered nothing before the record is there', async () => {
    let isAnswered = false;
    const answer = ask(`query($id: ID!) { conversation(id: $id) { messages(last: 20) { nodes { text } } } }`, { id: 'c1' }).finally(() => {
      isAnswered = true;
    });
    await upstream.arrived(2);
    upstream.answerOnly(/messages$/);
    // Another request passes the whole gateway meanwhile.
    expect((await ask('{ viewer { role } }')).errors).toEqual([]);
    expect(isAnswered).toBe(false);
    await upstream.answer(['/conversations/c1']);
    expect((await answer).data).toEqual({ conversation: { messages: { nodes: [{ text: 'Secret of c1' }] } } });
  });

  const nothing: Answers = () => ({ status: 404, body: {} });
  it.each<[string, Answers]>([
    ['are there', conversationsOf('c1', 'c2')],
    ['cannot be read', () => ({ status: 400, body: { message: 'Secret of c2' } })],
    ['are malformed', () => ({ status: 200, body: ['Secret of c2'] })],
    ['are not there', nothing],
  ])("sees nothing of another's conversation, whose parts %s and are answered before the record", async (_what, answers) => {
    const asked = [
      QUERY,
      `query($id: ID!) { node(id: $id) { id ... on Conversation ${SELECTED} } }`,
      `query($id: ID!) { nodes(ids: [$id]) { id ... on Conversation ${SELECTED} } }`,
    ];
    for (const [index, query] of asked.entries()) {
      const conversation = conversationsOf('c1', 'c2');
      upstream.answers = (path) => (path === '/conversations/c2' ? conversation(path) : answers(path));
      const id = index === 0 ? 'c2' : toGlobalId('Conversation', 'c2');
      const answer = ask(query, { id });
      await upstream.arrived(4);
      upstream.answerOnly(/c2\/./);
      await upstream.answer(['/conversations/c2']);
      upstream.answers = nothing;
      const none = ask(query, { id: index === 0 ? 'none' : toGlobalId('Conversation', 'none') });
      await upstream.answer(['/conversations/none', ...of('none', ...THREE)]);
      expect(await essence(answer)).toEqual(await essence(none));
      expect(JSON.stringify(await answer)).not.toContain('Secret');
    }
  });

  it('causes three calls at most in one request beside those for the records', async () => {
    const query = `{ a: conversation(id: "c2") ${SELECTED} b: conversation(id: "c3") ${SELECTED} c: conversation(id: "c4") ${SELECTED} }`;
    const records = ['c2', 'c3', 'c4'].map((id) => `/conversations/${id}`);
    const answer = await upstream.rounds(() => ask(query), [[...records, ...of('c2', ...THREE)]]);
    expect(await essence(Promise.resolve(answer))).toEqual({ status: 200, data: { a: null, b: null, c: null }, errors: [] });
  });

  it('reads its own conversations of a list, with the names of their files, right after the list', async () => {
    const ids = ['c1', 'c2', 'c3'];
    upstream.answers = (path) => {
      const { status, body } = conversationsOf(...ids)(path);
      return { status, body: JSON.parse(JSON.stringify(body).replaceAll(/"userId":"c\d"/g, '"userId":"c1"')) as unknown };
    };
    const parts = ids.flatMap((id) => of(id, ...THREE, 'attachments'));
    const { errors } = await upstream.rounds(() => ask(`{ conversations(first: 3) { nodes ${SELECTED} } }`), [['/conversations'], parts]);
    expect(errors).toEqual([]);
  });

  it('starts no read of what the token alone forbids', async () => {
    token = await signed({ scope: 'chat:customer', sub: 'c1', conversations: ['c1'] });
    expect((await upstream.rounds(() => ask(QUERY, { id: 'c2' }), [])).data).toEqual({ conversation: null });
  });
});

import { message, messages } from '../../../../src/datasources/chat-api-v2/messages.js';
import { Paths } from '../../../../src/datasources/chat-api-v2/paths.js';
import type { Upstream } from '../../../../src/datasources/chat-api-v2/paths.js';

const READ = { asOf: 'cursor' };
const COUNT = 50;

/** An upstream that answers every read with one answer, as shared reads do, and counts how often a message's text is read. */
function sharedAnswer() {
  const counts = { textReads: 0 };
  const listed = Array.from({ length: COUNT }, (_, index) => ({
    authorType: 'agent',
    get originalText() {
      counts.textReads += 1;
      return `message ${index}`;
    },
  }));
  const answer = { messages: listed };
  const client = { read: () => Promise.resolve(answer) };
  return { counts, upstream: { client, paths: new Paths('us', 'tenant') } as unknown as Upstream };
}

describe('the list of messages of the Chat API', () => {
  it('is read once for all that share an answer, whatever number of its messages are asked for by id', async () => {
    const { counts, upstream } = sharedAnswer();
    const { items } = await messages(upstream, 'c1', { kind: 'last', count: COUNT, from: 0, before: null }, READ);
    expect(counts.textReads).toBe(COUNT);
    const found = await Promise.all(items.map(({ listedId }) => message(upstream, 'c1', listedId, READ)));
    expect(found).toEqual(items);
    expect(counts.textReads).toBe(COUNT);
  });
});

import { GraphQLError, Kind, getOperationAST, parse } from 'graphql';
import type { DocumentNode } from 'graphql';
import type { Delivery } from '../../../../src/events/port/stored-event.js';
import type { ConversationEvent } from '../../../../src/domain/event.js';
import { EncodedResult } from '../../../../src/transport/websocket/encode-next-frame.js';
import { buildSchema } from '../../../../src/resolvers/build-schema.js';
import { sharedResult, sharingKey } from '../../../../src/transport/execution/shared-results.js';

let delivery: Delivery;
beforeEach(() => {
  const event: ConversationEvent = {
    id: 'e1',
    type: 'CUSTOMER_JOINED',
    conversationId: 'c1',
    occurredAt: new Date(0),
    receivedAt: new Date(0),
    source: 'WEBHOOK',
    data: {},
  };
  delivery = { event, cursor: 'cursor 1', identity: null, replayed: false };
});

/** Executes to a result that holds how often it was executed. */
function counting() {
  let times = 0;
  return () => ({ data: { times: (times += 1) } });
}

describe('the results of an event', () => {
  const json = async (...asked: Parameters<typeof sharedResult>) => {
    const result = await sharedResult(...asked);
    return result instanceof EncodedResult ? result.json : null;
  };

  it('are worked out once for one key, and again for another', async () => {
    const execute = counting();
    const first = sharedResult(delivery, 'a', execute);
    expect(sharedResult(delivery, 'a', execute)).toBe(first);
    expect(await json(delivery, 'a', execute)).toBe('{"data":{"times":1},"extensions":{"cursor":"cursor 1"}}');
    expect(await json(delivery, 'b', execute)).toContain('"times":2}');
    expect(sharedResult(delivery, 'a', execute)).toBe(first);
  });

  it('are shared while they are still being worked out', async () => {
    const execute = counting();
    const both = await Promise.all([1, 2].map(async () => sharedResult(delivery, 'a', () => Promise.resolve(execute()))));
    expect(both[1]).toBe(both[0]);
  });

  it('differ where the cursor does, and where the event was read back', async () => {
    const execute = counting();
    await json(delivery, 'a', execute);
    expect(await json({ ...delivery, cursor: 'cursor 2' }, 'a', execute)).toContain('"times":2},"extensions":{"cursor":"cursor 2"}');
    expect(await json({ ...delivery, replayed: true }, 'a', execute)).toContain('"times":3}');
  });

  it('have no bytes to share where they have errors: each client gets those under his own request id', () => {
    const failed = { data: null, errors: [new GraphQLError('inner words')] };
    expect(sharedResult(delivery, 'a', () => failed)).toBe(failed);
  });
});

describe('the key of a subscription', () => {
  const schema = buildSchema();
  const document = parse(`subscription Events($id: ID!, $after: String, $n: Int!) {
    conversationEvents(conversationId: $id, after: $after) { id conversation { messages(first: $n) { totalCount } } }
  }`);
  const key = (
    variables: Record<string, unknown>,
    { of = document, rights = 'ADMIN', identity = rights }: { of?: DocumentNode; rights?: string; identity?: string } = {},
  ) => {
    const operation = getOperationAST(of);
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
    return sharingKey(schema, of, operation, variables, { rightsKey: rights, identity });
  };

  it('is that of one viewer where a field depends on who asks, and of all with the same rights elsewhere', () => {
    const personal = ['unreadCount', 'readCursor'].map((field) =>
      parse(
        `subscription { conversationEvents(conversationId: "c") { id ...C } } fragment C on ConversationEvent { conversation { ${field} } }`,
      ),
    );
    for (const of of personal) {
      expect(key({}, { of, identity: 'SERVICE ana' })).not.toBe(key({}, { of, identity: 'SERVICE ben' }));
      expect(key({}, { of, identity: 'SERVICE ana' })).toBe(key({}, { of, identity: 'SERVICE ana' }));
    }
    expect(key({ id: 'c' }, { identity: 'SERVICE ana' })).toBe(key({ id: 'c' }, { identity: 'SERVICE ben' }));
  });

  it('is the same wherever the subscription starts', () => {
    expect(key({ id: 'c1', n: 1, after: 'x' })).toBe(key({ id: 'c1', n: 1, after: 'y' }));
    expect(key({ id: 'c1', n: 1, after: 'x' })).toBe(key({ id: 'c1', n: 1 }));
  });

  it('is the same for one shard, wherever the subscription starts, and another for another shard', () => {
    const of = parse('subscription ($after: String, $shard: Shard) { allConversationEvents(after: $after, shard: $shard) { id } }');
    const inShard = (index: number, after: string) => key({ after, shard: { index, count: 4 } }, { of });
    expect(inShard(1, 'x')).toBe(inShard(1, 'y'));
    expect(inShard(1, 'x')).not.toBe(inShard(2, 'x'));
  });

  it('differs with the rights, the variables and the document', () => {
    const plain = key({ id: 'c1', n: 1 });
    expect(key({ id: 'c1', n: 2 })).not.toBe(plain);
    expect(key({ id: 'c1', n: 1 }, { rights: 'SERVICE' })).not.toBe(plain);
    expect(key({ id: 'c1', n: 1 }, { of: parse('subscription { conversationEvents(conversationId: "c1") { id } }') })).not.toBe(plain);
  });

  it.each([
    'subscription E($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) { conversation { events(first: 1, after: $after) { totalCount } } } }',
    'subscription E($id: ID!, $after: String) { conversationEvents(conversationId: $id, after: $after) { ...F } } fragment F on ConversationEvent { conversation { events(first: 1, after: $after) { totalCount } } }',
    'subscription E($id: ID!, $after: String) { ...F } fragment F on Subscription { conversationEvents(conversationId: $id, after: $after) { id } }',
  ])('counts a start that is used elsewhere, or may be: %s', (text) => {
    const of = parse(text);
    expect(key({ id: 'c1', after: 'x' }, { of })).not.toBe(key({ id: 'c1', after: 'y' }, { of }));
  });
});

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import {
  ChannelDocument,
  ChannelsDocument,
  ConversationDocument,
  ConversationEventsDocument,
  ConversationsDocument,
  CreateConversationDocument,
  EventsDocument,
  InteractionDocument,
  InteractionsDocument,
  LeaveConversationDocument,
  MessageAddedDocument,
  MessageDocument,
  MessagesDocument,
  NodesDocument,
  SendMessageDocument,
} from '../operations/operations.generated.js';
import type { CreateConversationInput, SendMessageInput } from '../operations/operations.generated.js';
import { toGlobalId } from '../../src/schema/global-id.js';
import { RunningGateway, TRANSPORTS } from '../support/running-gateway.js';
import { createConversation } from './followed-conversation.js';
import { describeGenerations } from '../support/generations.js';

describeGenerations('bad arguments', (generation) => {
  let gateway: RunningGateway;
  let id: string;
  beforeAll(async () => {
    gateway = await RunningGateway.start({ generation });
    ({ id } = await createConversation(gateway));
  });
  afterAll(() => gateway.stop());

  /** Asks and gives the only error, without where it is. */
  async function rejection(document: unknown, variables: object): Promise<{ message: string; code: unknown }> {
    const { status, errors } = await gateway.ask(document as TypedDocumentNode<unknown, object>, variables);
    expect(status).toBe(200);
    expect(errors).toHaveLength(1);
    return { message: errors[0]?.message ?? '', code: errors[0]?.extensions?.['code'] };
  }

  const CONNECTIONS = [
    ['conversations', ConversationsDocument],
    ['channels', ChannelsDocument],
    ['messages', MessagesDocument],
    ['interactions', InteractionsDocument],
    ['events', EventsDocument],
  ] as const;

  describe.each(CONNECTIONS)('%s', (_name, document) => {
    it.each([
      ['no size', {}, 'Exactly one of `first` and `last` must be set.'],
      ['both sizes', { first: 1, last: 1 }, 'Exactly one of `first` and `last` must be set.'],
      ['none of any', { first: 0 }, '`first` must be between 1 and 100; got 0.'],
      ['fewer than none', { last: -1 }, '`last` must be between 1 and 100; got -1.'],
      ['more than a page', { first: 1000 }, '`first` must be between 1 and 100; got 1000.'],
      ['a little more than a page', { last: 101 }, '`last` must be between 1 and 100; got 101.'],
      ['a cursor that is none', { first: 1, after: 'nonsense' }, /cursor/],
      ['an empty cursor', { last: 1, before: '' }, /cursor/],
    ])('rejects %s', async (_what, variables, message) => {
      expect(await rejection(document, { id, ...variables })).toEqual({ message: expect.stringMatching(message), code: 'BAD_USER_INPUT' });
    });

    it('rejects the cursor of another list', async () => {
      const { conversations } = await gateway.get(ConversationsDocument, { first: 1 });
      const { id: other } = await createConversation(gateway, { history: [{ text: 'one', sentAs: 'BOT' }] });
      const { conversation } = await gateway.get(MessagesDocument, { id: other, first: 1 });
      const foreign = [
        conversation?.messages?.pageInfo.endCursor,
        ...(document === ConversationsDocument ? [] : [conversations.pageInfo.endCursor]),
      ];
      for (const cursor of foreign) {
        for (const variables of [
          { first: 1, after: cursor },
          { last: 1, before: cursor },
        ])
          expect(await rejection(document, { id, ...variables })).toEqual({
            message: expect.stringMatching(/cursor/),
            code: 'BAD_USER_INPUT',
          });
      }
    });
  });

  it('rejects ids of another type and empty ones, naming the argument', async () => {
    const channel = toGlobalId('Channel', gateway.simulator.channelId);
    const refused: [unknown, object, string][] = [
      [ConversationDocument, { id: channel }, '`id` must be an id of type Conversation.'],
      [ChannelDocument, { id: toGlobalId('Conversation', id) }, '`id` must be an id of type Channel.'],
      [MessageDocument, { conversationId: channel, id: 'm' }, '`conversationId` must be an id of type Conversation.'],
      [MessageDocument, { conversationId: id, id: channel }, '`id` must be an id of type Message.'],
      [InteractionDocument, { conversationId: id, id: channel }, '`id` must be an id of type Interaction.'],
      [ConversationDocument, { id: '' }, '`id` must not be empty.'],
      [MessageDocument, { conversationId: '', id: 'm' }, '`conversationId` must not be empty.'],
      [NodesDocument, { ids: Array<string>(101).fill(channel) }, '`ids` must hold at most 100 ids; got 101.'],
    ];
    for (const [document, variables, message] of refused)
      expect(await rejection(document, variables)).toEqual({ message, code: 'BAD_USER_INPUT' });
    const message = '`conversationId` must be an id of type Conversation.';
    for (const transport of TRANSPORTS) {
      const subscribed = await gateway.subscribe(ConversationEventsDocument, { id: channel }, transport).next();
      expect(subscribed.errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });

  it('answers NOT_FOUND for an unknown conversation in each operation', async () => {
    const unknown = 'nowhere';
    expect(await gateway.get(ConversationDocument, { id: unknown })).toEqual({ conversation: null });
    const notFound = [{ code: 'NOT_FOUND', field: ['conversationId'] }];
    const sent = await gateway.get(SendMessageDocument, { input: { conversationId: unknown, text: 'Hi' } });
    expect(sent.sendMessage).toMatchObject({ conversation: null, cursor: null, startsNewInteraction: null, userErrors: notFound });
    const left = await gateway.get(LeaveConversationDocument, { input: { conversationId: unknown } });
    expect(left.leaveConversation).toMatchObject({ conversation: null, userErrors: notFound });
    for (const document of [ConversationEventsDocument, MessageAddedDocument])
      for (const transport of TRANSPORTS) {
        const { errors } = await gateway.subscribe(document as typeof MessageAddedDocument, { id: unknown }, transport).next();
        expect(errors).toMatchObject([{ message: 'There is no such conversation.', extensions: { code: 'NOT_FOUND' } }]);
      }
  });

  const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
  const BAD_CREATIONS: [string, Partial<CreateConversationInput>, string, string[] | null][] = [
    ['no channel', { channelId: '' }, 'REQUIRED', ['channelId']],
    ['the id of something else', { channelId: toGlobalId('Conversation', 'c') }, 'INVALID', ['channelId']],
    ['a channel that is not there', { channelId: 'nowhere' }, 'NOT_FOUND', ['channelId']],
    ['201 earlier messages', { history: many(201, () => ({ text: 'x', sentAs: 'BOT' as const })) }, 'TOO_MANY', ['history']],
    ['an empty earlier message', { history: [{ text: 'x', sentAs: 'BOT' }, { sentAs: 'BOT' }] }, 'REQUIRED', ['history', '1']],
    [
      '31 properties',
      { customer: { properties: many(31, (key) => ({ key: `k${key}`, value: 'v' })) } },
      'TOO_MANY',
      ['customer', 'properties'],
    ],
    [
      'a property without a key',
      { customer: { properties: [{ key: '', value: 'v' }] } },
      'REQUIRED',
      ['customer', 'properties', '0', 'key'],
    ],
    ['an address that the upstream refuses', { customer: { email: 'nobody' } }, 'UPSTREAM_REFUSED', null],
  ];

  it.each(BAD_CREATIONS)('creates no conversation with %s', async (_what, input, code, field) => {
    const { channelId, centre } = gateway.simulator;
    const before = centre.conversations().length;
    const { createConversation } = await gateway.get(CreateConversationDocument, { input: { channelId, customer: {}, ...input } });
    expect(createConversation).toEqual({ conversation: null, cursor: null, userErrors: [{ code, field, message: expect.any(String) }] });
    expect(centre.conversations()).toHaveLength(before);
  });

  if (generation.kind === 'CHAT_API_V2')
    it.each([
      ['a property that could pass for a field', [{ key: 'name', value: 'x' }], '0'],
      [
        'one property twice',
        [
          { key: 'a', value: '1' },
          { key: 'a', value: '2' },
        ],
        '1',
      ],
    ])('creates no conversation with %s, and says which', async (_what, properties, index) => {
      const input = { channelId: gateway.simulator.channelId, customer: { properties } };
      const { createConversation } = await gateway.get(CreateConversationDocument, { input });
      const field = ['customer', 'properties', index, 'key'];
      expect(createConversation).toMatchObject({ conversation: null, userErrors: [{ code: 'INVALID', field }] });
    });

  it('creates one with 200 earlier messages and 30 properties', async () => {
    const history = many(200, (index) => ({ text: String(index), sentAs: 'CUSTOMER' as const }));
    const properties = many(30, (key) => ({ key: `k${key}`, value: 'v' }));
    const created = await createConversation(gateway, { history, customer: { properties } });
    const { conversation } = await gateway.get(ConversationDocument, { id: created.id });
    expect(conversation).toMatchObject({ customer: { properties }, messages: { totalCount: 200 } });
  });

  const BAD_MESSAGES: [string, Partial<SendMessageInput>, string, string[] | null][] = [
    ['no content', {}, 'REQUIRED', ['text']],
    ['empty content', { text: '', cards: [], attachmentIds: [] }, 'REQUIRED', ['text']],
    ['no conversation', { conversationId: '', text: 'x' }, 'REQUIRED', ['conversationId']],
    ['the id of something else', { conversationId: toGlobalId('Channel', 'c'), text: 'x' }, 'INVALID', ['conversationId']],
    ['too long a name of its own', { text: 'x', clientMessageId: 'x'.repeat(256) }, 'TOO_LONG', ['clientMessageId']],
    ['a name of its own that is no Unicode text', { text: 'x', clientMessageId: 'x\ud800' }, 'INVALID', ['clientMessageId']],
    ['an attachment that is not there', { attachmentIds: ['nowhere'] }, 'UPSTREAM_REFUSED', null],
  ];

  const sendable = BAD_MESSAGES.filter(
    ([, { attachmentIds }]) => !attachmentIds?.length || generation.capabilities.includes('ATTACHMENTS'),
  );

  it.each(sendable)('sends no message with %s', async (_what, input, code, field) => {
    const { sendMessage } = await gateway.get(SendMessageDocument, { input: { conversationId: id, ...input } });
    expect(sendMessage.userErrors).toEqual([{ code, field, message: expect.any(String) }]);
    expect(gateway.simulator.centre.conversation(id).messages).toEqual([]);
  });
});

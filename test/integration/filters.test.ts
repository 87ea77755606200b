import { toGlobalId } from '../../src/schema/global-id.js';
import { FilteredConversationsDocument } from '../operations/operations.generated.js';
import type { ConversationFilter, FilteredConversationsQueryVariables } from '../operations/operations.generated.js';
import { seededRandom } from '../contract/event-log/seeded-random.js';
import { describeGenerations } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';

let running: RunningGateway;
function create(fields: { userId?: string; email?: string }, channel = 0, properties: Readonly<Record<string, string>> = {}): string {
  const channelId = running.simulator.channelIds[channel] ?? '';
  const additionalProperties = Object.entries(properties).map(([key, value]) => ({ key, value }));
  return running.simulator.centre.create({ channelId, customer: { fields, additionalProperties }, assignment: null, history: [] }).id;
}

async function found(filter: ConversationFilter | null): Promise<string[]> {
  const { conversations } = await running.get(FilteredConversationsDocument, { first: 100, filter });
  expect(conversations.totalCount).toBe(conversations.nodes.length);
  return conversations.nodes.map(({ conversationId }) => conversationId).sort();
}

async function refused(variables: Omit<FilteredConversationsQueryVariables, 'first'>): Promise<{ code: unknown; message: string }> {
  const { errors } = await running.ask(FilteredConversationsDocument, { first: 10, ...variables });
  return { code: errors[0]?.extensions?.['code'], message: errors[0]?.message ?? '' };
}

/** Characters that FIQL, URLs or careless code give a meaning to, and some that need more than a byte. */
const ALPHABET = Array.from(`aB0-._~ ,;()=!"'%*+&#?/\\:@<>[]{}|^$\`\té漢😀`);

describeGenerations('filters', (generation) => {
  beforeAll(async () => {
    running = await RunningGateway.start({ generation });
  });
  afterAll(() => running.stop());

  describe('conversations filtered by the customer', () => {
    const next = seededRandom(20_261_123);
    const random = (below: number) => Math.floor(next() * below);
    const text = () => Array.from({ length: 1 + random(6) }, () => ALPHABET[random(ALPHABET.length)] ?? '').join('');
    /** What a wrong encoding would take for the same. */
    const lookalikes = (value: string) => [
      encodeURIComponent(value),
      `${value},user.userId==x`,
      `${value};state==created`,
      `${value}*`,
      `(${value})`,
    ];

    it('are exactly those whose value it is, whatever characters that has', async () => {
      const values = Array.from({ length: 40 }, text).flatMap((value) => [value, ...lookalikes(value).slice(0, 1 + random(5))]);
      const conversations = values.map((value) => ({ value, id: create({ userId: value, email: value }) }));
      const having = (value: string) => conversations.filter((one) => one.value === value).map(({ id }) => id);
      for (const value of new Set(values)) {
        const expected = having(value).sort();
        await expect(found({ customer: { customerId: value } })).resolves.toEqual(expected);
        await expect(found({ customer: { email: value } })).resolves.toEqual(expected);
        await expect(found({ customer: { customerId: value, email: `${value}x` } })).resolves.toEqual([]);
      }
    });
  });

  describe('conversations filtered by channel and status', () => {
    it('are those that are all of it; either form of id will do', async () => {
      const [waiting, open, over] = [create({ userId: 's1' }, 1), create({ userId: 's1' }, 1), create({ userId: 's1' }, 1)];
      const { centre, channelIds } = running.simulator;
      for (const id of [open, over]) {
        centre.routeNow(id);
        centre.agentAccepts(id);
      }
      centre.agentLeaves(over);
      centre.routeNow(waiting);
      const channelId = channelIds[1] ?? '';
      const customer = { customerId: 's1' };
      await expect(found({ channelId, customer })).resolves.toEqual([waiting, open, over].sort());
      await expect(found({ channelId: toGlobalId('Channel', channelId), customer, status: 'IDLE' })).resolves.toEqual([over]);
      await expect(found({ channelId, customer, status: 'OPEN' })).resolves.toEqual([waiting, open].sort());
      await expect(found({ channelId, customer, status: 'CREATED' })).resolves.toEqual([]);
      await expect(found({ channelId: channelIds[0] ?? '', customer })).resolves.toEqual([]);
    });

    it.each([null, {}, { customer: {} }, { customer: { properties: [] } }, { channelId: null, status: null, customer: null }])(
      'are all of them where the filter asks for nothing: %j',
      async (filter) => {
        const all = running.simulator.centre.conversations().length;
        const { conversations } = await running.get(FilteredConversationsDocument, { first: 1, filter });
        expect(conversations.totalCount).toBe(all);
      },
    );
  });

  describe('the cursors of a filtered list', () => {
    it('go through it from either end, and are of no other list', async () => {
      const ids = generation.inListOrder(Array.from({ length: 5 }, () => create({ userId: 'paged' })));
      const filter = { customer: { customerId: 'paged' } };
      const page = async (variables: FilteredConversationsQueryVariables) => {
        const { conversations } = await running.get(FilteredConversationsDocument, { filter, ...variables });
        return { ids: conversations.nodes.map(({ conversationId }) => conversationId), ...conversations };
      };
      const first = await page({ first: 2 });
      expect(first).toMatchObject({ ids: ids.slice(0, 2), totalCount: 5, pageInfo: { hasNextPage: true } });
      const after = first.pageInfo.endCursor;
      expect((await page({ first: 3, after })).ids).toEqual(ids.slice(2));
      expect((await page({ last: 2 })).ids).toEqual(ids.slice(3));
      expect(
        (await page({ first: 3, after, filter: { customer: { customerId: 'paged', email: null, properties: [] }, status: null } })).ids,
      ).toEqual(ids.slice(2));
      for (const other of [null, { customer: { customerId: 'other' } }, { customer: { email: 'paged' } }]) {
        await expect(refused({ after, filter: other })).resolves.toMatchObject({ code: 'BAD_USER_INPUT' });
      }
    });
  });

  /** What not every upstream can do. */
  const SPECIALTIES = [
    ['FILTER_BY_PROPERTY', { filter: { customer: { properties: [{ key: 'plan', value: 'gold' }] } } }],
    ['ORDER_BY_CREATION', { orderBy: { field: 'CREATED_AT', direction: 'DESC' } }],
  ] as const;

  const lacking = SPECIALTIES.filter(([capability]) => !generation.capabilities.includes(capability));
  if (lacking.length > 0)
    it.each(lacking)('is refused for want of %s, and the upstream not asked', async (capability, variables) => {
      // Events of the conversations above may have the gateway ask for one of them or for a key, whenever that is.
      const lists = () => running.simulator.calls.filter(({ path }) => path.endsWith('/conversations')).length;
      const before = lists();
      const { code, message } = await refused(variables as FilteredConversationsQueryVariables);
      expect(code).toBe('UNSUPPORTED_BY_UPSTREAM');
      expect(message).toContain(capability);
      expect(before).toBeGreaterThan(0);
      expect(lists()).toBe(before);
    });

  if (generation.capabilities.includes('FILTER_BY_PROPERTY'))
    describe('conversations filtered by properties of the customer', () => {
      it('are exactly those that have them all, whatever characters they have', async () => {
        const values = [...ALPHABET, ...ALPHABET.map((character) => encodeURIComponent(character)), ALPHABET.join('')];
        const byValue = new Map<string, string[]>();
        for (const value of values)
          byValue.set(value, [...(byValue.get(value) ?? []), create({ email: 'p@x' }, 0, { plan: value, [`k ${value}`]: 'on' })]);
        for (const [value, ids] of byValue) {
          const plan = { key: 'plan', value };
          await expect(found({ customer: { properties: [plan] } })).resolves.toEqual(ids.sort());
          await expect(found({ customer: { email: 'p@x', properties: [plan, { key: `k ${value}`, value: 'on' }] } })).resolves.toEqual(ids);
          await expect(found({ customer: { properties: [plan, { key: `k ${value}`, value: 'off' }] } })).resolves.toEqual([]);
        }
      });

      it('are rejected with two values for one property', async () => {
        const properties = ['1', '2'].map((value) => ({ key: 'a', value }));
        const { code, message } = await refused({ filter: { customer: { email: 'p@x', properties } } });
        expect([code, message]).toEqual(['BAD_USER_INPUT', '`filter.customer.properties` holds "a" with two values; a customer has one.']);
      });

      it.each([
        { key: 'plan', value: '\ud800' },
        { key: '\ud800', value: 'gold' },
      ])('are rejected if they are no Unicode: %j', async (property) => {
        const { code, message } = await refused({ filter: { customer: { properties: [property] } } });
        expect([code, message]).toEqual(['BAD_USER_INPUT', '`filter.customer.properties` contains invalid Unicode.']);
      });

      it.each(['email', 'customerId', 'name'])('do not match standard fields: %s', async (key) => {
        const { code, message } = await refused({ filter: { customer: { email: 'p@x', properties: [{ key, value: 'x' }] } } });
        expect(code).toBe('BAD_USER_INPUT');
        expect(message).toContain(`"${key}"`);
      });
    });

  if (generation.capabilities.includes('ORDER_BY_CREATION'))
    describe('conversations in order of creation', () => {
      it.each(['ASC', 'DESC'] as const)('go from one end to the other: %s', async (direction) => {
        const customerId = `ordered ${direction}`;
        const created = Array.from({ length: 7 }, () => create({ userId: customerId }));
        const wanted = direction === 'ASC' ? created : created.toReversed();
        const orderBy = { field: 'CREATED_AT', direction } as const;
        const page = async (variables: FilteredConversationsQueryVariables) =>
          (await running.get(FilteredConversationsDocument, { filter: { customer: { customerId } }, orderBy, ...variables })).conversations;
        const ids = ({ nodes }: Awaited<ReturnType<typeof page>>) => nodes.map(({ conversationId }) => conversationId);
        const first = await page({ first: 3 });
        expect(ids(first)).toEqual(wanted.slice(0, 3));
        expect(ids(await page({ first: 9, after: first.pageInfo.endCursor }))).toEqual(wanted.slice(3));
        const last = await page({ last: 3 });
        expect(ids(last)).toEqual(wanted.slice(-3));
        expect(ids(await page({ last: 9, before: last.pageInfo.startCursor }))).toEqual(wanted.slice(0, -3));
        await expect(refused({ filter: { customer: { customerId } }, after: first.pageInfo.endCursor })).resolves.toMatchObject({
          code: 'BAD_USER_INPUT',
        });
      });

      it('cannot be filtered by open conversations, which are two lists', async () => {
        const { code } = await refused({ filter: { status: 'OPEN' }, orderBy: { field: 'CREATED_AT', direction: 'ASC' } });
        expect(code).toBe('UNSUPPORTED_BY_UPSTREAM');
      });
    });

  describe('a bad filter', () => {
    it.each([
      ['filter.channelId', { channelId: '' }],
      ['filter.channelId', { channelId: toGlobalId('Conversation', 'c1') }],
      ['filter.customer.customerId', { customer: { customerId: '' } }],
      ['filter.customer.email', { customer: { email: 'x'.repeat(256) } }],
      ['filter.customer.email', { customer: { email: 'x\ud83d' } }],
    ])('is reported by its name: %s', async (name, filter) => {
      const { code, message } = await refused({ filter });
      expect(code).toBe('BAD_USER_INPUT');
      expect(message).toContain(name);
    });

    it('may be as long as possible', async () => {
      const longest = '漢'.repeat(255);
      await expect(found({ customer: { customerId: longest, email: longest } })).resolves.toEqual([]);
      // One of no channel.
      await expect(found({ channelId: longest, customer: { customerId: longest } })).rejects.toThrow('there is no such channel');
    });
  });
});

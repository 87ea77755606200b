import { fiql } from '../../../../src/datasources/chat-gateway-v1/fiql.js';
import { ALL_CONVERSATIONS } from '../../../../src/domain/conversation-filter.js';
import { BadUserInputError } from '../../../../src/domain/errors.js';
import { json } from '../scripted-upstream.js';
import { asOf, connect } from './with-upstream.js';
import type { Connected } from './with-upstream.js';

const window = { kind: 'first', count: 2, from: 0, before: null } as const;
const { filter: all } = ALL_CONVERSATIONS;

describe('fiql', () => {
  it('is nothing without constraints', () => {
    expect(fiql([])).toBeNull();
  });

  it('joins constraints by and', () => {
    expect(
      fiql([
        ['a', '1'],
        ['b.c', '2'],
      ]),
    ).toBe('a==1;b.c==2');
  });

  it('encodes everything but unreserved characters', () => {
    expect(fiql([['a', `az-09._~ ,;()=!"'%*+&#?/\\é漢😀`]])).toBe(
      'a==az-09._~%20%2C%3B%28%29%3D%21%22%27%25%2A%2B%26%23%3F%2F%5C%C3%A9%E6%BC%A2%F0%9F%98%80',
    );
  });

  it('rejects an unpaired surrogate', () => {
    expect(() => fiql([['a', 'x\ud83d']])).toThrow(BadUserInputError);
  });
});

describe('a list of conversations', () => {
  let connected: Connected;
  beforeEach(async () => {
    connected = await connect();
    connected.upstream.script = json(200, { page: { totalElements: 0 } });
  });
  afterEach(() => connected.close());

  const filterSent = () => new URL(connected.upstream.requests[0]?.url ?? '', 'http://x').searchParams.get('filter');

  it('asks by the selectors assumed, and encodes the whole once more', async () => {
    const filter = { ...all, channelId: '25', status: 'OPEN', customerId: 'a,b', email: 'ana@example.com' } as const;
    await connected.api.conversations(window, asOf, { filter, orderBy: null });
    expect(filterSent()).toBe('channelId==25;state==active;user.userId==a%2Cb;user.email==ana%40example.com');
    expect(connected.upstream.requests[0]?.url).toContain('user.userId%3D%3Da%252Cb%3Buser.email');
  });

  it.each([
    ['CREATED', 'created'],
    ['OPEN', 'active'],
    ['IDLE', 'idle'],
  ] as const)('knows %s as %s', async (status, state) => {
    await connected.api.conversations(window, asOf, { filter: { ...all, status }, orderBy: null });
    expect(filterSent()).toBe(`state==${state}`);
  });

  it('sends no filter where nothing is asked for', async () => {
    await connected.api.conversations(window, asOf, ALL_CONVERSATIONS);
    expect(connected.upstream.requests[0]?.url).toBe('/chat-gateway/v1/conversations?size=2&page=0&sort=id%3Aasc');
  });

  it.each([
    { filter: { ...all, properties: [{ key: 'plan', value: 'gold' }] }, orderBy: null },
    { filter: all, orderBy: { field: 'CREATED_AT', direction: 'ASC' } as const },
  ])('refuses what the contract cannot say, without a call', async (selection) => {
    await expect(connected.api.conversations(window, asOf, selection)).rejects.toMatchObject({ code: 'UNSUPPORTED_BY_UPSTREAM' });
    expect(connected.upstream.requests).toEqual([]);
  });
});

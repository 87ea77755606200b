import { checkup } from '../../src/datasources/chat-api-v2/diagnostics/diagnostics.js';
import { WEBHOOK_URL, amissAmong, onPath, startTwisted } from './malformed-responses-proxy.js';
import type { Twist as TwistOf } from './malformed-responses-proxy.js';

type Item = Record<string, unknown>;
interface Body extends Item {
  data?: Item[];
  messages?: Item[];
  participants?: Item[];
}
type Twist = TwistOf<Body>;

let front: Awaited<ReturnType<typeof startTwisted<Body>>>;
beforeAll(async () => {
  front = await startTwisted<Body>('chat-api-v2');
});
afterAll(() => front.close());

async function amiss(how: Twist, webhookUrl: string | null = WEBHOOK_URL): Promise<string[]> {
  front.twist = how;
  const { apiKey, apiSecret, tenantId: tenant } = front.simulator;
  const connection = { baseUrl: front.baseUrl, apiKey, apiSecret, tenant, region: 'us', clock: Date.now } as const;
  return amissAmong(await checkup({ ...connection, webhookUrl, nonsense: 'nobody-is-called-this' }, () => undefined));
}

/** Changes each item of a list: of `data`, or of the name that the path ends with. */
const eachItem = (end: 'conversations' | 'channels' | 'web-hooks' | 'messages' | 'participants', change: (item: Item) => void): Twist =>
  onPath(`/${end}`, (_url, body) => {
    for (const item of body.data ?? body.messages ?? body.participants ?? []) change(item);
    return { body };
  });
const whereAsked = (parameter: string, change: Twist): Twist =>
  onPath('/conversations', (url, body) => (url.searchParams.has(parameter) ? change(url, body) : undefined));

describe('a checkup of Chat API v2', () => {
  it('finds no problem if all assumptions hold', async () => {
    await expect(amiss(() => undefined)).resolves.toEqual([]);
  });

  it.each<[string, Twist, string[]]>([
    [
      'the order is ignored',
      whereAsked('order', (url, body) =>
        url.searchParams.get('order') === 'desc' ? { body: { ...body, data: (body.data ?? []).toReversed() } } : undefined,
      ),
      ['order of conversations'],
    ],
    ['the length of a list is missing', onPath('/channels', (_url, body) => ({ body: { ...body, page: {} } })), ['pages of channels']],
    ['a conversation names no channel', eachItem('conversations', (item) => delete item['channelId']), ['conversations']],
    ['an interaction has no start', eachItem('conversations', (item) => (item['interactions'] = [{ id: 'i' }])), ['conversations']],
    ['an author is of an unknown type', eachItem('messages', (item) => Object.assign(item, { authorType: 'ghost' })), ['messages']],
    ['a message has no text', eachItem('messages', (item) => Object.assign(item, { text: null, originalText: null })), ['messages']],
    ['a participant is of an unknown type', eachItem('participants', (item) => (item['type'] = 'supervisor')), ['participants']],
    ['a filter is refused', whereAsked('customer.email', () => ({ status: 400, body: {} })), ['filter by customer.email']],
    [
      'a status is not known',
      whereAsked('status', (url) => (url.searchParams.get('status') === 'handling' ? { status: 400, body: {} } : undefined)),
      ['filter by status'],
    ],
    [
      'a status leaves some out',
      whereAsked('status', (url, body) =>
        url.searchParams.get('status') === 'deleted' ? { body: { ...body, data: [], page: { elementCount: 0 } } } : undefined,
      ),
      ['filter by status'],
    ],
    ['an unknown key is answered', onPath('/public', () => ({ status: 200, body: {} })), ['unknown signing key']],
    [
      'the webhook is for other events',
      eachItem('web-hooks', (item) => Object.assign(item, { version: 'Chat Gateway v1.0', notificationVersion: 'Chat Gateway v1.0' })),
      ['webhook of this gateway'],
    ],
    [
      'the webhook is registered for another address',
      eachItem('web-hooks', (item) => (item['uri'] = 'http://127.0.0.1:9/')),
      ['webhook of this gateway', 'channels of this gateway'],
    ],
  ])('reports that %s', async (_what, how, checks) => {
    const found = await amiss(how);
    expect(found.filter((line) => line.startsWith('differs')).sort()).toEqual(checks.map((check) => `differs: ${check}`).sort());
  });

  it('is inconclusive if the contact centre fails or is overloaded', async () => {
    for (const status of [429, 503]) {
      const found = await amiss(onPath('/conversations', () => ({ status, body: {} })));
      expect(found).toContain('unknown: pages of conversations');
      expect(found.filter((line) => line.startsWith('differs'))).toEqual([]);
    }
  });

  it('is inconclusive about this gateway if its address is unknown', async () => {
    const expected = ['webhook', 'address', 'channels'].map((part) => `unknown: ${part} of this gateway`);
    await expect(amiss(() => undefined, null)).resolves.toEqual(expected);
  });
});

import { checkup } from '../../src/datasources/chat-gateway-v1/diagnostics/diagnostics.js';
import { WEBHOOK_URL, amissAmong, onPath, startTwisted } from './malformed-responses-proxy.js';
import type { Twist as TwistOf } from './malformed-responses-proxy.js';

interface Body extends Record<string, unknown> {
  _embedded?: Record<string, Record<string, unknown>[]>;
  page?: Record<string, unknown>;
}
type Twist = TwistOf<Body>;

let front: Awaited<ReturnType<typeof startTwisted<Body>>>;
beforeAll(async () => {
  front = await startTwisted<Body>('chat-gateway-v1');
});
afterAll(() => front.close());

async function amiss(how: Twist, webhookUrl: string | null = WEBHOOK_URL): Promise<string[]> {
  front.twist = how;
  const connection = { baseUrl: front.baseUrl, apiKey: front.simulator.apiKey, tenant: null, clock: Date.now };
  return amissAmong(await checkup({ ...connection, webhookUrl, nonsense: 'nobody-is-called-this' }, () => undefined));
}

const items = ({ _embedded = {} }: Body) => Object.values(_embedded)[0] ?? [];
const eachItem = (end: string, change: (item: Record<string, unknown>) => void): Twist =>
  onPath(end, (_url, body) => {
    for (const item of items(body)) change(item);
    return { body };
  });

describe('a checkup of Chat Gateway v1', () => {
  it('finds no problem if all assumptions hold', async () => {
    await expect(amiss(() => undefined)).resolves.toEqual(['unknown: order of webhooks']);
  });

  it.each<[string, Twist, string[]]>([
    [
      'messages come in one order only',
      onPath('/messages', (_url, body) => ({
        body: { ...body, _embedded: { messages: [...items(body)].sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1)) } },
      })),
      ['order of messages'],
    ],
    ['a message has no time', eachItem('/messages', (item) => delete item['createdAt']), ['messages']],
    ['an author is of an unknown type', eachItem('/messages', (item) => (item['author'] = { type: 'ghost' })), ['messages']],
    [
      'pages are of one size',
      onPath('/channels', (url, body) =>
        url.searchParams.get('size') === '1' ? { body: { ...body, _embedded: { channels: [] } } } : undefined,
      ),
      ['pages of channels'],
    ],
    ['the length of a list is missing', onPath('/channels', (_url, body) => ({ body: { ...body, page: {} } })), ['pages of channels']],
    [
      'a state is not known',
      eachItem('/conversations', (item) => (item['state'] = item['state'] === 'idle' ? 'closed' : item['state'])),
      ['conversations', 'filter by state'],
    ],
    ['an interaction that is over has no end', eachItem('/interactions', (item) => delete item['endTime']), ['interactions']],
    ['an interaction has no start', eachItem('/interactions', (item) => delete item['startTime']), ['interactions']],
    ['a participant is of an unknown type', eachItem('/participants', (item) => (item['type'] = 'supervisor')), ['participants']],
    ['an unknown key is answered', onPath('/public', () => ({ status: 200, body: {} })), ['unknown signing key']],
    [
      'the webhook is for other events',
      eachItem('/webhooks', (item) => Object.assign(item, { version: 'v2.0', notificationVersion: 'v2.0' })),
      ['webhook of this gateway'],
    ],
    ['the address is not reached', onPath('/verify', () => ({ status: 400 })), ['address of this gateway']],
    [
      'the webhook is registered for another address',
      eachItem('/webhooks', (item) => (item['uri'] = 'http://127.0.0.1:9/')),
      ['webhook of this gateway', 'channels of this gateway'],
    ],
    ['a channel is of an unknown type', eachItem('/channels', (item) => (item['type'] = 'Pigeon')), ['types of channels']],
    [
      'filters are refused',
      onPath('/conversations', (url) => (url.searchParams.has('filter') ? { status: 400, body: {} } : undefined)),
      ['filter by channelId', 'filter by state', 'filter by user.userId', 'filter by user.email', 'filter encoding'],
    ],
    [
      'one selector is refused',
      onPath('/conversations', (url) => (url.searchParams.get('filter')?.startsWith('user.email') ? { status: 400, body: {} } : undefined)),
      ['filter by user.email'],
    ],
    [
      'a filter finds nothing',
      onPath('/conversations', (url, body) =>
        url.searchParams.get('filter')?.startsWith('user.userId') ? { body: { ...body, _embedded: { conversations: [] } } } : undefined,
      ),
      ['filter by user.userId'],
    ],
  ])('reports that %s', async (_what, how, checks) => {
    const found = await amiss(how);
    expect(found.filter((line) => line.startsWith('differs')).sort()).toEqual(checks.map((check) => `differs: ${check}`).sort());
  });

  it('reports that filters are ignored', async () => {
    const all = await fetch(`${front.simulator.url}/chat-gateway/v1/conversations?size=100`, {
      headers: { 'x-api-key': front.simulator.apiKey },
    });
    const everything = (await all.json()) as Body;
    const found = await amiss(onPath('/conversations', (url) => (url.searchParams.has('filter') ? { body: everything } : undefined)));
    for (const selector of ['channelId', 'state', 'user.userId', 'user.email']) expect(found).toContain(`differs: filter by ${selector}`);
  });

  it('is inconclusive if the contact centre fails or is overloaded', async () => {
    for (const status of [429, 503]) {
      const found = await amiss(onPath('/conversations', () => ({ status, body: {} })));
      expect(found).toContain('unknown: pages of conversations');
      expect(found.filter((line) => line.startsWith('differs'))).toEqual([]);
    }
  });

  it('is inconclusive about this gateway if its address is unknown', async () => {
    await expect(amiss(() => undefined, null)).resolves.toEqual([
      'unknown: order of webhooks',
      'unknown: webhook of this gateway',
      'unknown: address of this gateway',
      'unknown: channels of this gateway',
    ]);
  });
});

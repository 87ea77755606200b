import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Config } from '../../src/config.js';
import { CHAT_API_V2, CHAT_GATEWAY_V1 } from '../support/generations.js';
import type { Generation } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';
import { WITH_SECRET, signed } from '../support/tokens.js';
import { untilTrue } from '../support/until.js';
import { json, raw, startUpstream } from '../unit/datasources/scripted-upstream.js';
import type { ReceivedRequest, ScriptedUpstream } from '../unit/datasources/scripted-upstream.js';
import { askAs, firstResult, socketAs } from './access-client.js';

/** A little less than the largest answer that is read of the upstream. */
const LARGE = 10_000_000;
/** So many large answers are within the bound of one viewer. */
const FITTING = 3;

/** Answers as either generation does. Lists of messages are large; those of participants wait until the test lets them through. */
const conversation = (id: string) => json(200, { id, channelId: 'ch', state: 'idle', user: {}, customer: {}, interactions: [] });
const PARTICIPANTS = json(200, { _embedded: { participants: [] }, participants: [] });
const text = 'x'.repeat(LARGE);
const LARGE_MESSAGES = raw(
  200,
  JSON.stringify({ _embedded: { messages: [{ id: 'm1', text, author: { id: 'a1', type: 'agent' } }] }, page: { totalElements: 1 } }),
);
const LARGE_MESSAGES_V2 = raw(200, JSON.stringify({ messages: [{ text, authorType: 'agent', participantId: 'a1' }] }));

const LARGE_ANSWER = 'query ($id: ID!) { conversation(id: $id) { messages(first: 1) { nodes { text } } } }';
/** Holds the messages until the participants have come. */
const HELD_ANSWER = 'query ($id: ID!) { conversation(id: $id) { messages(first: 1) { nodes { text } } participants { __typename } } }';
const SMALL_ANSWER = 'query ($id: ID!) { conversation(id: $id) { state } }';

interface Answered {
  readonly conversation?: { readonly messages: { readonly nodes: readonly { readonly text: string }[] } | null } | null;
}

describe.each([CHAT_GATEWAY_V1, CHAT_API_V2])('large answers ($name)', (generation: Generation) => {
  let upstream: ScriptedUpstream;
  let gateway: RunningGateway;
  let mia = '';
  let leo = '';
  let held: (() => void)[] | null;
  let asked = 0;
  let conversations: string[];
  const start = (config: Partial<Config>) => {
    const settings = generation.upstream({ url: upstream.baseUrl, apiKey: 'k', tenantId: 'acme01', customerId: 'c' });
    return RunningGateway.start({ generation, config: { ...config, upstream: settings } });
  };
  beforeAll(async () => {
    conversations = Array.from({ length: 100 }, (_, index) => `c${index}`);
    const tokenOf = (sub: string) => signed({ sub, scope: 'chat:customer', conversations });
    [mia, leo] = await Promise.all([tokenOf('mia'), tokenOf('leo')]);
    upstream = await startUpstream();
    const large = generation === CHAT_API_V2 ? LARGE_MESSAGES_V2 : LARGE_MESSAGES;
    upstream.script = (request: ReceivedRequest, response: ServerResponse) => {
      const { url } = request;
      if (url.includes('oauth')) json(200, { access_token: 'a', expires_in: 3_600 })(request, response);
      else if (url.includes('/messages')) large(request, response);
      else if (!url.includes('/participants')) conversation(url.split('/').at(-1) ?? '')(request, response);
      else if (held === null) PARTICIPANTS(request, response);
      else held.push(() => PARTICIPANTS(request, response));
    };
    gateway = await start({ auth: WITH_SECRET });
  });
  beforeEach(() => {
    held = [];
  });
  afterAll(async () => {
    await gateway.stop();
    await upstream.close();
  });

  /** Each time another one, so that no two reads are one call. */
  const nextId = () => conversations[(asked += 1)] ?? '';
  const outcome = async (token: string | null, query: string, of = gateway): Promise<string> => {
    const { body } = await askAs(of, token, query, { id: nextId() });
    const error = body.errors?.[0]?.extensions.code;
    if (error !== undefined) return error;
    return (body.data as Answered).conversation?.messages?.nodes[0]?.text.length === LARGE ? 'served' : 'other';
  };
  const messagesRead = async (of: RunningGateway) => {
    const metrics = await (await fetch(`${of.addresses.url}/metrics`)).text();
    const counts = metrics.matchAll(/^gateway_upstream_call_seconds_count\{operation="messages\.list".*\} (\d+)$/gm);
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  };
  /** Runs `ask`, until so many lists of messages were read for it. */
  const untilRead = async <T>(count: number, ask: () => T, of = gateway): Promise<T> => {
    const before = await messagesRead(of);
    const running = ask();
    await untilTrue(async () => (await messagesRead(of)) === before + count);
    return running;
  };
  const letThrough = () => {
    for (const answer of held ?? []) answer();
    held = null;
  };
  const untilServed = () => untilTrue(async () => (await outcome(mia, LARGE_ANSWER)) === 'served');

  it('twelve in parallel by one customer are served up to the bound, and keep nobody else waiting', async () => {
    const twelve = await untilRead(12, () => ({ outcomes: Array.from({ length: 12 }, () => outcome(mia, HELD_ANSWER)) }));
    expect(await askAs(gateway, leo, SMALL_ANSWER, { id: nextId() })).toMatchObject({
      body: { data: { conversation: { state: expect.any(String) as string } } },
    });
    expect(await outcome(leo, LARGE_ANSWER)).toBe('served');
    expect((await fetch(`${gateway.addresses.url}/healthz`)).status).toBe(200);
    const { body } = await askAs(gateway, mia, LARGE_ANSWER, { id: nextId() });
    expect(body.errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } }]);

    letThrough();
    const outcomes = await Promise.all(twelve.outcomes);
    expect(outcomes.toSorted()).toEqual([...Array<string>(12 - FITTING).fill('RATE_LIMITED'), ...Array<string>(FITTING).fill('served')]);
    await untilServed();
  });

  it('of clients that have gone count until nothing is done for them any more', async () => {
    const gone = new AbortController();
    const { asking } = await untilRead(FITTING, () => ({
      asking: Array.from({ length: FITTING }, () =>
        fetch(gateway.addresses.graphqlUrl, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${mia}` },
          body: JSON.stringify({ query: HELD_ANSWER, variables: { id: nextId() } }),
          signal: gone.signal,
        }),
      ),
    }));
    gone.abort();
    expect((await Promise.allSettled(asking)).map(({ status }) => status)).toEqual(Array(FITTING).fill('rejected'));
    expect(await outcome(mia, LARGE_ANSWER)).toBe('RATE_LIMITED');
    letThrough();
    await untilServed();
  });

  it('that wait behind another one of their connection count until that is closed', async () => {
    const { hostname, port } = new URL(gateway.addresses.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const send = (query: string) => {
      const body = JSON.stringify({ query, variables: { id: nextId() } });
      const headers = `host: ${hostname}\r\nauthorization: Bearer ${mia}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
      socket.write(`POST /graphql HTTP/1.1\r\n${headers}\r\n\r\n${body}`);
    };
    await untilRead(FITTING, () => {
      send('query ($id: ID!) { conversation(id: $id) { participants { __typename } } }');
      for (let count = 0; count < FITTING; count += 1) send(LARGE_ANSWER);
    });
    expect(await outcome(mia, LARGE_ANSWER)).toBe('RATE_LIMITED');
    socket.destroy();
    await untilServed();
    letThrough();
  });

  it('over a socket are released at the end of each operation', async () => {
    const client = socketAs(gateway, mia);
    for (let count = 0; count <= FITTING; count += 1) {
      expect((await firstResult(client, LARGE_ANSWER, { id: nextId() })).errors).toBeUndefined();
    }
    await client.dispose();
    expect(await outcome(mia, LARGE_ANSWER)).toBe('served');
  });

  it('are not bounded without authentication', async () => {
    const open = await start({});
    const ask = () => ({ outcomes: Array.from({ length: FITTING + 1 }, () => outcome(null, HELD_ANSWER, open)) });
    const { outcomes } = await untilRead(FITTING + 1, ask, open);
    letThrough();
    expect(await Promise.all(outcomes)).toEqual(Array(FITTING + 1).fill('served'));
    await open.stop();
  });
});

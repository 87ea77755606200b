import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import type { ScheduleAt } from '../../src/domain/schedule-at.js';
import { RunningGateway } from '../support/running-gateway.js';
import { WITH_SECRET, signed } from '../support/tokens.js';
import { untilTrue } from '../support/until.js';
import { subscriptionsOf } from './socket-race.js';

const EVENTS = 'subscription { allConversationEvents { id } }';

let gateway: RunningGateway;
let token: string;
/** Set off when a test says so. */
let tokenExpires: () => void;
const scheduleAt: ScheduleAt = (_at, callback) => {
  tokenExpires = callback;
  return () => undefined;
};
beforeEach(async () => {
  gateway = await RunningGateway.start({ config: { auth: WITH_SECRET }, overrides: { scheduleAt } });
  token = await signed({ scope: 'chat:service', sub: 'router' });
});
afterEach(() => gateway.stop());

interface End {
  /** How often the operation has ended with `error` or `complete`, and what came before. */
  readonly ended: readonly string[];
  readonly results: readonly unknown[];
  readonly closed: number | undefined;
}

/** What a subscription receives that is open, and has had no event, when something happens to its socket. */
async function endOf(params: Readonly<Record<string, unknown>>, happens: () => unknown): Promise<End> {
  const results: unknown[] = [];
  const ended: string[] = [];
  const before = await subscriptionsOf(gateway);
  let client: Client | undefined;
  const closed = new Promise<number>((resolve) => {
    client = createClient({
      url: gateway.addresses.wsUrl,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazyCloseTimeout: 60_000,
      connectionParams: { authorization: `Bearer ${token}`, ...params },
      on: { closed: (event) => resolve((event as { code: number }).code) },
    });
    const sink = {
      next: (result: unknown) => results.push(result),
      error: () => ended.push('error'),
      complete: () => ended.push('complete'),
    };
    client.subscribe({ query: EVENTS }, sink);
  });
  await untilTrue(async () => (await subscriptionsOf(gateway)) > before);
  await happens();
  const code = await closed;
  await client?.dispose();
  return { closed: code, results, ended };
}

const drains = async () => {
  await gateway.gateway.close();
  await gateway.restart();
};
const cursor = expect.stringMatching(/^[\w-]+$/) as unknown;

it.each([true, 'true'])(
  'ends subscriptions with a result that says why and where to resume before a drain closes the socket (%p)',
  async (endWithError) => {
    expect(await endOf({ endWithError }, drains)).toMatchObject({
      results: [{ errors: [{ message: expect.any(String) as unknown, extensions: { code: 'RESTARTING', cursor } }] }],
      ended: ['complete'],
      closed: 1012,
    });
  },
);

it('does so before a socket is closed whose token has expired', async () => {
  expect(await endOf({ endWithError: true }, () => tokenExpires())).toMatchObject({
    results: [{ errors: [{ extensions: { code: 'UNAUTHENTICATED', cursor } }] }],
    ended: ['complete'],
    closed: 4403,
  });
});

it.each([{}, { endWithError: false }, { endWithError: 'yes' }])(
  'leaves it to the close code where that was not asked for (%j)',
  async (params) => {
    expect(await endOf(params, drains)).toEqual({ results: [], ended: ['error'], closed: 1012 });
  },
);

it('answers UNAUTHENTICATED to a token that is invalid, in the place of a close after which a router would try again', async () => {
  const connectionParams = { authorization: 'Bearer invalid', endWithError: true };
  const client = createClient({ url: gateway.addresses.wsUrl, webSocketImpl: WebSocket, retryAttempts: 0, connectionParams });
  const { value } = await client.iterate({ query: EVENTS }).next();
  expect(value).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  await client.dispose();
});

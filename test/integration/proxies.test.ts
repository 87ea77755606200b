import { portToKeep } from '../support/crash/gateway-process.js';
import { describeWith } from '../support/needs.js';
import { attachmentRoundTrip } from '../support/proxies/attachment-round-trip.js';
import { CADDY } from '../support/proxies/caddy.js';
import { Follower } from '../support/proxies/follower.js';
import { GatewayPair } from '../support/proxies/gateway-pair.js';
import { HAPROXY } from '../support/proxies/haproxy.js';
import { Http2Connection } from '../support/proxies/http2.js';
import { NGINX } from '../support/proxies/nginx.js';
import { Proxy } from '../support/proxies/proxy.js';
import { PublicClient } from '../support/proxies/public-client.js';
import { HOW_TO_GET_REDIS } from '../support/redis-server.js';
import { untilTrue } from '../support/until.js';

const LARGEST_ATTACHMENT = 100 * 1_048_576;
const VERSION = '{ gateway { version } }';
/** More than nginx serves on a connection by default. */
const MANY_REQUESTS = 1_200;
const DRAINED = /^(1012|RESTARTING)$/;
/** Each would be `/metrics` or `/readyz` to somebody who decodes it, joins its slashes or resolves its dots. */
const INTERNAL = [
  'metrics',
  'metrics/',
  'readyz',
  'readyz/',
  '%6detrics',
  'm%65trics/',
  './metrics',
  '/metrics',
  '../metrics',
  '..//readyz',
];

describeWith('redis-server', HOW_TO_GET_REDIS)('two gateways over one Redis, below a path', () => {
  let pair: GatewayPair;
  beforeAll(async () => {
    pair = await GatewayPair.start();
  });
  afterAll(() => pair.stop());

  describe.each([NGINX, HAPROXY, CADDY])('behind $name with its configuration of deploy/proxies', (kind) => {
    describeWith(kind.program, kind.how)('over TLS', () => {
      let proxy: Proxy;
      /** Over HTTP/2, and over HTTP/1.1. */
      let client: PublicClient;
      let olderClient: PublicClient;
      let connection: Http2Connection;
      beforeAll(async () => {
        proxy = await Proxy.start(kind, pair.proxySettings);
        client = new PublicClient(pair.publicUrl, pair.certificate.pem, true);
        olderClient = new PublicClient(pair.publicUrl, pair.certificate.pem, false);
        connection = await Http2Connection.open(client);
      });
      afterAll(async () => {
        connection.close();
        await Promise.all([client.close(), olderClient.close()]);
        await proxy.stop();
      });

      /**
       * Sends messages, each once all followers have seen the one before, until `during` is done, and one more. Every follower must see each once and in order.
       * Resolves with why the subscriptions of each follower ended.
       */
      async function followThrough(during: () => Promise<void>): Promise<Readonly<Record<string, readonly string[]>>> {
        const { id, cursor } = await pair.createConversation(client);
        const followers = {
          webSocket: new Follower((operation) => client.subscribe('WebSocket', operation), id, cursor),
          eventStream: new Follower((operation) => olderClient.subscribe('event stream', operation), id, cursor),
          multipartOverHttp2: new Follower((operation) => client.subscribe('multipart', operation), id, cursor),
          eventSourceOverHttp2: new Follower((operation) => client.eventSource(operation), id, cursor),
        };
        const said: string[] = [];
        const sayNext = async () => {
          said.push(`message ${said.length}`);
          await pair.say(client, id, said.at(-1) ?? '');
          await untilTrue(() => Object.values(followers).every(({ texts }) => texts.length >= said.length));
        };
        await sayNext();
        const happening = during();
        const isOver = observed(happening);
        while (!isOver()) await sayNext();
        await happening;
        await sayNext();
        await Promise.all(Object.values(followers).map((follower) => follower.stop()));
        for (const { texts } of Object.values(followers)) expect(texts).toEqual(said);
        return Object.fromEntries(Object.entries(followers).map(([name, { ends }]) => [name, ends]));
      }

      async function statusOfQuery(): Promise<number> {
        const headers = { 'content-type': 'application/json' };
        const response = await client.fetch('graphql', { method: 'POST', headers, body: JSON.stringify({ query: VERSION }) });
        await response.text();
        return response.status;
      }

      it('serves queries over HTTP/2, and WebSockets where it accepts them', async () => {
        expect(connection.protocol).toBe('h2');
        const headers = { ':method': 'POST', 'content-type': 'application/json' };
        const { status, text } = await connection.request('graphql', headers, JSON.stringify({ query: VERSION }));
        expect([status, text]).toEqual([200, expect.stringContaining('"version"')]);
        expect(connection.acceptsWebSockets).toBe(kind.webSocketsOverHttp2);
        if (kind.webSocketsOverHttp2)
          expect(await connection.webSocketAnswer('{"type":"connection_init"}')).toBe('{"type":"connection_ack"}');
      });

      it.each(INTERNAL)('does not show %s to the public', async (path) => {
        const { status, text } = await connection.request(path);
        expect(status).toBeGreaterThanOrEqual(300);
        expect(text).not.toMatch(/gateway_|"ready"/);
      });

      it('serves at the root, and hides the same there, if its path is empty', async () => {
        const settings = { ...pair.proxySettings, port: await portToKeep(), basePath: '' };
        const atRoot = await Proxy.start(kind, settings);
        const rootClient = new PublicClient(`https://127.0.0.1:${settings.port}`, pair.certificate.pem, true);
        expect(await rootClient.ask(VERSION)).toMatchObject({ gateway: {} });
        const statuses = await Promise.all(['metrics', 'readyz', 'healthz'].map(async (path) => (await rootClient.fetch(path)).status));
        expect(statuses).toEqual([404, 404, 200]);
        await rootClient.close();
        await atRoot.stop();
      });

      it('streams an attachment of 100 MB in both directions, and logs no ticket', async () => {
        const { id } = await pair.createConversation(client);
        const { sent, received, urls } = await attachmentRoundTrip(client, id, LARGEST_ATTACHMENT);
        expect(received).toBe(sent);
        for (const url of urls) expect(proxy.log).not.toContain(new URL(url).pathname.split('/').at(-1));
      });

      it('serves many requests on a connection over HTTP/2 without breaking off its subscriptions', async () => {
        const statuses = new Set<number>();
        const ends = await followThrough(async () => {
          // One after the other: what is sent together, undici spreads over several connections.
          for (let sent = 0; sent < MANY_REQUESTS; sent++) statuses.add(await statusOfQuery());
        });
        expect(ends).toEqual({ webSocket: [], eventStream: [], multipartOverHttp2: [], eventSourceOverHttp2: [] });
        expect([...statuses]).toEqual([200]);
      });

      it('loses no event when it is reloaded', async () => {
        const { webSocket, eventStream } = await followThrough(() => proxy.reload());
        expect(webSocket).toEqual(kind.keepsConnections ? [] : ['1001']);
        if (kind.keepsConnections) expect(eventStream).toEqual([]);
      });

      it('answers everybody while one gateway after the other drains, and hands their clients over with 1012 or RESTARTING', async () => {
        const statuses = new Set<number>();
        const query = async () => {
          statuses.add(await statusOfQuery());
        };
        const ends = await followThrough(async () => {
          for (const [index, gateway] of pair.gateways.entries()) {
            const stopped = gateway.stop();
            const hasStopped = observed(stopped);
            while (!hasStopped()) await query();
            await stopped;
            await gateway.start();
            // Not before the proxy uses it again may the next one go.
            while ((await pair.answeredBy(index)) === 0) await query();
          }
        });
        for (const reasons of Object.values(ends)) {
          expect(reasons.length).toBeGreaterThan(0);
          expect(reasons.filter((reason) => !DRAINED.test(reason))).toEqual([]);
        }
        expect([...statuses]).toEqual([200]);
      });
    });
  });
});

/** Whether something has ended, either way. */
function observed(promise: Promise<unknown>): () => boolean {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  promise.then(end, end);
  return () => isOver;
}

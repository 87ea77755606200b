import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import { connect } from '../../client/src/connect.js';
import { follow } from '../../client/src/follow.js';
import { AllConversationEventsDocument, EventFeedDocument, FeedStartDocument } from '../../client/src/generated/graphql.js';
import type { EventFeedQuery } from '../../client/src/generated/graphql.js';
import { requestOverHttp } from '../../client/src/request.js';
import { reshard } from '../../client/src/reshard.js';
import type { ShardCursor } from '../../client/src/reshard.js';
import { ContactCentreProcess } from '../support/crash/contact-centre-process.js';
import { GatewayProcess, portToKeep } from '../support/crash/gateway-process.js';
import type { GatewayUrls } from '../support/crash/gateway-process.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { untilTrue } from '../support/until.js';

/** How many workers share the load, one number after the other. */
const WORKERS = [1, 4, 3];
/** `SHARD_EVENTS_PER_SECOND` and `SHARD_KILLS` make it larger. */
const PER_SECOND = Number(process.env['SHARD_EVENTS_PER_SECOND'] ?? 150);
/** How often, while as many workers run, one of them and a gateway are killed, and how long they live in between at most, in milliseconds. */
const KILLS = Number(process.env['SHARD_KILLS'] ?? 3);
const LONGEST_PEACE_MS = 600;
const TIME_LIMIT_MS = 150_000 + KILLS * 10_000;
const conversationIds = Array.from({ length: 30 }, (_, n) => `c${n}`);

interface Handled {
  readonly id: string;
  readonly conversationId: string | null;
}

/** A worker as anybody would write it: its shards over one socket, each with a cursor that it keeps. */
class Worker {
  #ending = new AbortController();
  #client: Client | null = null;
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly wsUrl: string,
    /** What it keeps: the cursor of each of its shards, of the last event handled. */
    readonly kept: readonly ShardCursor[],
    private readonly handled: Handled[],
  ) {
    this.start();
  }

  start(): void {
    this.#ending = new AbortController();
    const client = connect({ url: this.wsUrl, webSocketImpl: WebSocket });
    this.#client = client;
    this.#running = Promise.all(this.kept.map((one) => this.#follow(client, one)));
  }

  /** Wherever it is; what it received and has not handled is lost to it. */
  async kill(): Promise<void> {
    this.#ending.abort();
    this.#client?.terminate();
    await this.#running;
    await this.#client?.dispose();
  }

  async #follow(client: Client, kept: ShardCursor): Promise<void> {
    const steps = follow({
      client,
      query: () => Promise.reject(new Error('no cursor may expire')),
      cursorOf: () => '',
      subscription: AllConversationEventsDocument,
      variables: { shard: kept.shard },
      after: kept.after,
      signal: this.#ending.signal,
      backoff: () => 20,
    });
    for await (const step of steps) {
      if (step.kind === 'snapshot' || !step.data) throw new Error(JSON.stringify(step));
      const { id, conversationId } = step.data.allConversationEvents;
      this.handled.push({ id, conversationId });
      kept.after = step.cursor;
    }
  }
}

const anyOf = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

/** Kills a worker and a gateway in turn, each started again. The moments are what chance gives, so these waits wait for nothing else. */
async function killSome(workers: readonly Worker[], gateways: readonly GatewayProcess[]): Promise<void> {
  for (let kills = 0; kills < KILLS; kills += 1) {
    await pause(Math.random() * LONGEST_PEACE_MS);
    const worker = anyOf(workers);
    await worker.kill();
    worker.start();
    await pause(Math.random() * LONGEST_PEACE_MS);
    const gateway = anyOf(gateways);
    await gateway.kill();
    await gateway.start();
  }
}

/** All events that the log holds, by polling. */
async function stored(graphqlUrl: string, after: string): Promise<Handled[]> {
  const request = requestOverHttp({ url: graphqlUrl });
  const events: Handled[] = [];
  for (let from: string | null | undefined = after, hasNextPage = true; hasNextPage;) {
    const { eventFeed }: EventFeedQuery = await request(EventFeedDocument, { after: from ?? null });
    events.push(...eventFeed.nodes);
    ({ hasNextPage, endCursor: from } = eventFeed.pageInfo);
  }
  return events;
}

let contactCentre: ContactCentreProcess | undefined;
const gateways: GatewayProcess[] = [];
const workers: Worker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.kill()));
  await Promise.all([...gateways.splice(0).map((gateway) => gateway.dispose()), contactCentre?.kill()]);
});

async function handleAllOnce(eventLogs: readonly string[]): Promise<void> {
  contactCentre = await ContactCentreProcess.start();
  const urls: GatewayUrls[] = [];
  for (const eventLog of eventLogs) {
    const gateway = new GatewayProcess({ ...contactCentre.settings, PORT: String(await portToKeep()), EVENT_LOG: eventLog });
    gateways.push(gateway);
    urls.push(await gateway.start());
  }
  const [{ graphqlUrl, webhookUrl }, ...others] = urls as [GatewayUrls, ...GatewayUrls[]];
  const { gateway } = await requestOverHttp({ url: graphqlUrl })(FeedStartDocument, {});
  const origin = gateway.latestCursor;
  const otherWebhookUrls = others.map((one) => one.webhookUrl);
  const posted = contactCentre.post({ webhookUrl, otherWebhookUrls, conversationIds, lanes: 16, mostQueued: 64, perSecond: PER_SECOND });

  const handled: Handled[] = [];
  let cursors: readonly ShardCursor[] = [{ shard: { index: 0, count: 1 }, after: origin }];
  const subscriptions: number[] = [];
  for (const count of WORKERS) {
    const shares = reshard(cursors, count);
    subscriptions.push(shares.flat().length);
    workers.push(...shares.map((share, index) => new Worker((urls[index % urls.length] as GatewayUrls).wsUrl, share, handled)));
    await killSome(workers, gateways);
    if (count === WORKERS.at(-1)) break;
    const stopped = workers.splice(0);
    await Promise.all(stopped.map((worker) => worker.kill()));
    cursors = stopped.flatMap(({ kept }) => kept);
  }
  contactCentre.finish();
  const ledger = await posted;
  await untilTrue(() => handled.length >= ledger.events.length);

  const log = await stored(graphqlUrl, origin);
  console.log(`${ledger.events.length} events; workers ${WORKERS.join(', ')} with ${subscriptions.join(', ')} subscriptions`);
  const ids = (events: readonly Handled[]) => events.map(({ id }) => id);
  expect(ids(handled).toSorted()).toEqual(ledger.events.map(({ eventId }) => eventId).toSorted());
  for (const id of conversationIds) {
    const own = ({ conversationId }: Handled) => conversationId === id;
    expect(ids(handled.filter(own))).toEqual(ids(log.filter(own)));
  }
}

describe('workers that share the events of all conversations, killed as their gateways are, and changed in number', () => {
  it(
    'handle each event once and in the order of its conversation, over SQLite',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'sharded-workers-'));
      await handleAllOnce([`file:${directory}`]);
      rmSync(directory, { recursive: true, force: true });
    },
    TIME_LIMIT_MS,
  );

  describeWith('redis-server', HOW_TO_GET_REDIS)('over Redis', () => {
    it(
      'handle each event once and in the order of its conversation, over two gateways',
      async () => {
        const redis = await RedisServer.start('--appendfsync', 'always');
        await handleAllOnce([redis.url, redis.url]);
        await Promise.all(gateways.splice(0).map((gateway) => gateway.dispose()));
        await redis.dispose();
      },
      TIME_LIMIT_MS,
    );
  });
});

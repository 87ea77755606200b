import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { print } from 'graphql';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { ConversationStateDocument } from '../operations/operations.generated.js';
import { GatewayProcess } from '../support/crash/gateway-process.js';
import type { GatewayUrls } from '../support/crash/gateway-process.js';
import { FailingProxy } from '../support/failing-proxy.js';
import { patiently } from '../support/patience.js';
import { untilTrue } from '../support/until.js';
import { upstreamSettings } from '../support/upstream-settings.js';
import { create } from '../unit/simulator/rest-client.js';

/** How long the upstream is dead. */
const SECONDS = Number(process.env['UPSTREAM_DEAD_SECONDS'] ?? 3);
/**
 * A machine that does much else at the same time is given five times as long, unless the test is run for its own sake: without the guard answers would take the 10 s of a call.
 */
const PATIENCE = patiently(process.env['UPSTREAM_DEAD_SECONDS'] === undefined ? 5 : 1);
const REQUESTS_PER_SECOND = 200;
/** Requested in turn, since identical reads in flight share one call. */
const CONVERSATIONS = 50;
const MEBIBYTE = 1_048_576;
const QUERY = print(ConversationStateDocument);

interface Answered {
  readonly ms: number;
  /** Null if it was answered with data. */
  readonly code: string | null;
  readonly endedAt: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 400 });

function post(url: string, body: string): Promise<{ errors?: { extensions: { code: string } }[] }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(JSON.parse(text) as { errors?: { extensions: { code: string } }[] }));
    });
    sent.on('error', reject).end(body);
  });
}

/** Sends requests at a steady rate, whether they are answered or not; and `/healthz` beside them, which shows how long the machine itself takes. */
class Load {
  readonly answers: Answered[] = [];
  asked = 0;
  slowestControlMs = 0;
  readonly #running: Promise<void>;
  #due = 0;
  #over = false;

  constructor(
    private readonly urls: GatewayUrls,
    private readonly ids: readonly string[],
  ) {
    this.#running = Promise.all([this.#ask(), this.#control()]).then(() => undefined);
  }

  async stop(): Promise<void> {
    this.#over = true;
    await this.#running;
    await untilTrue(() => this.answers.length === this.asked);
  }

  async #ask(): Promise<void> {
    const started = performance.now();
    while (!this.#over) {
      const due = ((performance.now() - started) * REQUESTS_PER_SECOND) / 1_000;
      for (; this.#due < due; this.#due += 1) {
        // What the machine cannot take is left out: a backlog of the test's own would be measured instead of the gateway.
        if (this.asked - this.answers.length >= REQUESTS_PER_SECOND) continue;
        void this.#one();
        this.asked += 1;
      }
      await after(5);
    }
  }

  async #one(): Promise<void> {
    const started = performance.now();
    const { errors } = await post(
      this.urls.graphqlUrl,
      JSON.stringify({ query: QUERY, variables: { id: this.ids[this.asked % this.ids.length] } }),
    );
    const endedAt = performance.now();
    this.answers.push({ ms: endedAt - started, code: errors?.[0]?.extensions.code ?? null, endedAt });
  }

  async #control(): Promise<void> {
    while (!this.#over) {
      const started = performance.now();
      await (await fetch(new URL('/healthz', this.urls.graphqlUrl))).text();
      this.slowestControlMs = Math.max(this.slowestControlMs, performance.now() - started);
      await after(20);
    }
  }
}

/** What may pile up in the gateway's process, by its own metrics. */
async function measured({ graphqlUrl }: GatewayUrls) {
  const text = await (await fetch(new URL('/metrics', graphqlUrl))).text();
  const value = (sample: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${sample} `))
        ?.slice(sample.length + 1) ?? 0,
    );
  return {
    memory: Math.round(value('process_resident_memory_bytes') / MEBIBYTE),
    sockets: value('nodejs_active_handles{type="Socket"}'),
    timers: value('nodejs_active_resources{type="Timeout"}'),
    inFlight: value('gateway_upstream_in_flight'),
    queued: value('gateway_upstream_queued'),
    circuitOpen: value('gateway_upstream_circuit_open'),
  };
}

let simulator: Simulator;
let proxy: FailingProxy;
let gateway: GatewayProcess;
let directory: string;
let urls: GatewayUrls;
let ids: readonly string[];
beforeAll(async () => {
  simulator = createSimulator({ agents: 'manual' });
  proxy = new FailingProxy(Number(new URL(await simulator.listen()).port));
  await proxy.start();
  directory = mkdtempSync(join(tmpdir(), 'dead-upstream-'));
  gateway = new GatewayProcess({
    PORT: '0',
    EVENT_LOG: `file:${directory}`,
    ...upstreamSettings(simulator, proxy.url),
    // All of the load comes from one address.
    RATE_LIMIT: 'off',
  });
  urls = await gateway.start();
  simulator.setWebhookUrl(urls.webhookUrl);
  ids = await Promise.all(Array.from({ length: CONVERSATIONS }, () => create(simulator)));
  const [first = ''] = ids;
  await untilTrue(() => simulator.centre.conversation(first).interactions.length > 0);
  simulator.centre.agentAccepts(first);
  await simulator.webhookSender.settled();
});
afterAll(async () => {
  agent.destroy();
  await gateway.dispose();
  await proxy.stop();
  await simulator.close();
  rmSync(directory, { recursive: true, force: true });
});

it.each([
  ['refuses connections', () => proxy.stop(), () => undefined],
  [
    'is silent',
    () => {
      proxy.fallSilent();
    },
    () => proxy.stop(),
  ],
])(
  'answers quickly, takes events, gathers nothing and is soon back when the upstream %s',
  async (_how, die, rise) => {
    const load = new Load(urls, ids);
    await untilTrue(() => load.answers.length >= REQUESTS_PER_SECOND / 2);
    const before = await measured(urls);
    const sentBefore = simulator.webhookSender.deliveries().length;

    await die();
    const deadUntil = performance.now() + SECONDS * 1_000;
    while (performance.now() < deadUntil) {
      simulator.centre.agentSays(ids[0] ?? '', 'Hello?');
      await after(50);
    }
    await simulator.webhookSender.settled();
    const dead = await measured(urls);

    await rise();
    await proxy.start();
    const roseAt = performance.now();
    const isBack = () => load.answers.find(({ code, endedAt }) => code === null && endedAt > roseAt);
    await untilTrue(() => isBack() !== undefined);
    await load.stop();
    const afterwards = await measured(urls);

    const slowestMs = Math.max(...load.answers.map(({ ms }) => ms));
    const backMs = (isBack()?.endedAt ?? Infinity) - roseAt;
    const codes = [...new Set(load.answers.map(({ code }) => code))];
    const events = simulator.webhookSender.deliveries().slice(sentBefore);
    const figures = { asked: load.asked, slowestMs, slowestControlMs: load.slowestControlMs, backMs, events: events.length };
    console.log(JSON.stringify({ ...figures, before, dead, afterwards }));

    expect(slowestMs).toBeLessThan(1_000 * PATIENCE + load.slowestControlMs);
    expect(backMs).toBeLessThan(5_000 * PATIENCE);
    expect(codes.toSorted()).toEqual(['UPSTREAM_UNAVAILABLE', null]);
    expect(events.filter(({ state }) => state !== 'delivered')).toEqual([]);
    expect(dead).toMatchObject({ circuitOpen: 1, queued: 0, inFlight: 0 });
    expect(afterwards).toMatchObject({ circuitOpen: 0, queued: 0, inFlight: 0 });
    // Sockets: those that the load keeps open, of which it uses more while answers take longer.
    for (const { timers, sockets, memory } of [dead, afterwards]) {
      expect(timers).toBeLessThan(before.timers + 100);
      expect(sockets).toBeLessThan(before.sockets + 300);
      expect(memory).toBeLessThan(before.memory + 100);
    }
  },
  60_000 + SECONDS * 3_000,
);

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventLog } from '../../src/events/port/event-log.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { messageAdded } from '../contract/event-log/sample-events.js';
import { openRedisAt } from '../contract/event-log/redis-log.js';
import { sinks as sinksCommand } from '../../src/cli/sinks.js';
import { GatewayProcess } from '../support/crash/gateway-process.js';
import { describeWith } from '../support/needs.js';
import { patiently } from '../support/patience.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { SinkReceiver } from '../support/sink-receiver.js';
import { upstreamSettings } from '../support/upstream-settings.js';
import { untilTrue } from '../support/until.js';

/** `SINK_EVENTS=20000` sends as many as the promise is about. */
const EVENTS = Number(process.env['SINK_EVENTS'] ?? 2_000);
/** `SINK_OUTAGE_SECONDS=600` has the receiver down for as long as that, while a third of the events arrive and gateways are killed once a minute. */
const OUTAGE_MS = Number(process.env['SINK_OUTAGE_SECONDS'] ?? 0.5) * 1_000;
const KILL_EVERY_MS = 60_000;
const CONVERSATIONS = 100;
/** How long after a kill the shards must be taken over. */
const TAKEOVER_MS = 10_000;

describeWith('redis-server', HOW_TO_GET_REDIS)('three gateways over one Redis that share a sink', () => {
  it(
    'deliver each event, in the order of its conversation, while they are killed and the receiver is down in between',
    async () => {
      const redis = await RedisServer.start('--appendfsync', 'everysec');
      const receiver = new SinkReceiver();
      await receiver.listen();
      const simulator = createSimulator({ agents: 'manual' });
      const url = await simulator.listen();
      const directory = mkdtempSync(join(tmpdir(), 'sinks-three-'));
      const file = join(directory, 'sinks.json');
      writeFileSync(file, JSON.stringify([{ name: 'crm', url: receiver.url, secret: receiver.secret, allowPrivate: true }]));
      const settings = {
        ...upstreamSettings(simulator, url),
        PORT: '0',
        EVENT_LOG: `${redis.url}/0`,
        SINKS_FILE: file,
        LOG_LEVEL: 'error',
      };
      const gateways = Array.from({ length: 3 }, () => new GatewayProcess(settings));
      for (const gateway of gateways) await gateway.start();
      const { log } = await openRedisAt(redis.url, { prefix: 'chat', clock: Date.now });
      try {
        // Each has its part of the shards.
        await untilTrue(async () => isShared(await sinkState(log)));

        const appended = new Map<string, string[]>();
        const append = async (from: number, to: number) => {
          for (let n = from; n < to; n += CONVERSATIONS)
            await Promise.all(range(n, Math.min(to, n + CONVERSATIONS)).map((each) => appendOne(each)));
        };
        const appendOne = async (n: number) => {
          const conversationId = `c${n % CONVERSATIONS}`;
          const at = { conversationId, receivedAt: Date.now(), occurredAt: Date.now() };
          appended.set(conversationId, [...(appended.get(conversationId) ?? []), `e${n}`]);
          await log.append(messageAdded(`e${n}`, `text ${n}`, at));
        };
        const third = Math.floor(EVENTS / 3);
        await append(0, third);
        // In the middle of it.
        await untilTrue(() => receiver.accepted.length > 0);
        await gateways[0]?.kill();
        await append(third, 2 * third);
        await receiver.close();
        await gateways[1]?.kill();
        await gateways[1]?.start();
        const kills = killInTurn(gateways, OUTAGE_MS / KILL_EVERY_MS);
        const pages = Math.ceil((EVENTS - 2 * third) / CONVERSATIONS);
        for (let n = 2 * third; n < EVENTS; n += CONVERSATIONS) {
          await append(n, Math.min(EVENTS, n + CONVERSATIONS));
          await pause(OUTAGE_MS / pages);
        }
        await kills;
        await receiver.listen();
        const backAt = Date.now();
        await untilTrue(() => receiver.accepted.length === EVENTS);
        const caughtUpMs = Date.now() - backAt;

        const delivered = receiver.byConversation();
        for (const [conversation, ids] of appended) expect([conversation, delivered.get(conversation)]).toEqual([conversation, ids]);
        expect(receiver.errors).toEqual([]);
        // What was delivered and not recorded yet when a gateway was killed.
        expect(receiver.repeats).toBeLessThan(EVENTS);
        const { repeats } = receiver;

        const output: string[] = [];
        const code = await sinksCommand(
          ['status'],
          { EVENT_LOG: `${redis.url}/0` },
          { out: (text) => output.push(text), err: (text) => output.push(text) },
        );
        expect(code).toBe(0);
        expect(output.join('')).toMatch(/^ {2}shards +8 of 8 are delivered by running gateways\n {2}dead letters +0\n$/m);

        // The last of them alone, in time.
        const before = receiver.accepted.length;
        await Promise.all([gateways[1]?.kill(), gateways[0]?.kill()]);
        const killedAt = Date.now();
        await append(EVENTS, EVENTS + CONVERSATIONS);
        await untilTrue(() => receiver.accepted.length === before + CONVERSATIONS);
        const takeoverMs = Date.now() - killedAt;
        process.stderr.write(
          `sinks: ${EVENTS} events in the order of their conversations, ${repeats} repeats by id; ${seconds(OUTAGE_MS)} without a receiver, caught up in ${seconds(caughtUpMs)}; two of three gateways killed, taken over in ${seconds(takeoverMs)}\n`,
        );
        expect(takeoverMs).toBeLessThan(patiently(TAKEOVER_MS));
      } finally {
        for (const gateway of gateways) await gateway.dispose();
        await log.close();
        await simulator.close();
        await receiver.close();
        await redis.dispose();
        rmSync(directory, { recursive: true });
      }
    },
    180_000 + OUTAGE_MS + EVENTS * 10,
  );
});

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** Kills so many gateways, one after the other, and starts them again. */
async function killInTurn(gateways: readonly GatewayProcess[], times: number): Promise<void> {
  for (let n = 1; n <= times; n += 1) {
    const gateway = gateways[n % gateways.length];
    await gateway?.kill();
    await gateway?.start();
    await pause(KILL_EVERY_MS - 5_000);
  }
}

/** The owned shards of the only sink. */
async function sinkState(log: EventLog) {
  const [state] = await log.sinks.states();
  return state;
}

const isShared = (state: Awaited<ReturnType<typeof sinkState>>): boolean =>
  state !== undefined && state.shards.filter(({ owned }) => owned).length === 8;

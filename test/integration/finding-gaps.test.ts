import { setTimeout as pause } from 'node:timers/promises';
import { simulatedUpstream } from '../../src/composition/create-upstream.js';
import type { Config } from '../../src/config.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { RunningGateway } from '../support/running-gateway.js';
import { Followers } from './healing/followers.js';
import { Work } from './healing/work.js';

/** Short, so that minutes become seconds; but what is quiet while it waits to be healed must not be looked at twice. */
const TIMINGS = { beatMs: 2_000, tickMs: 50, quietMs: 600_000, maxQuietMs: 600_000, silenceMs: 600_000, activeMs: 600_000, retryMs: 100 };
const HEALING = { afterMs: 300, callsPerSecond: 100 };
const CONVERSATIONS = Number(process.env['HEALED_CONVERSATIONS'] ?? 20);

const start = (config: Partial<Config> = {}, overrides = {}) =>
  RunningGateway.start({ config: { healing: HEALING, ...config }, overrides: { healTimings: TIMINGS, ...overrides } });

/** Webhooks are cut permanently while conversations go on, and every gateway is restarted meanwhile. */
async function cutAndHeal(gateways: readonly RunningGateway[]): Promise<void> {
  const [one, ...others] = gateways;
  if (one === undefined) throw new Error('no gateway');
  const { simulator } = one;
  const work = await Work.begin(one, CONVERSATIONS);
  const followers = await Followers.start(gateways, work.conversationIds);
  await work.goOn('before');
  await followers.untilSeen(work.messages);

  simulator.faults.set({ 'event-dropped': 1 });
  await work.goOn('during');
  await followers.stop();
  for (const gateway of gateways) await gateway.gateway.close();
  await work.goOn('away', { someEnd: true });
  simulator.faults.set({});
  const cutAt = Date.now();
  // Shorter silences are no gap.
  await pause(TIMINGS.beatMs + HEALING.afterMs);

  simulator.calls.length = 0;
  for (const gateway of gateways) await gateway.restart(Number(new URL(gateway.addresses.url).port));
  simulator.setWebhookUrl(one.addresses.webhookUrl);
  const restartedAt = Date.now();
  followers.resume();
  await followers.untilSeen(work.messages, work.ended);
  const healedMs = Date.now() - restartedAt;
  const calls = simulator.calls.length;
  process.stdout.write(
    `    healed ${work.dropped().length} events of ${CONVERSATIONS} conversations in ${healedMs} ms (${restartedAt - cutAt} ms after the cut), ${calls} calls\n`,
  );
  // Three calls to a conversation, once for all gateways, and three for the lists to each gateway; more than once only if the machine stood still for so long that there was another gap.
  const gaps = new Set(
    gateways.flatMap(({ log }) => log.lines.flatMap(({ fields }) => (fields['to'] instanceof Date ? [fields['to'].getTime()] : []))),
  );
  expect(calls).toBeLessThanOrEqual(3 * (CONVERSATIONS + gateways.length) * gaps.size + gateways.length);
  expect(followers.repeats).toEqual([]);
  for (const id of work.conversationIds) expect(followers.idsOf(id)).toEqual([...(await work.listedIds(one, id))].sort());

  // A gateway that receives every event knows what a run without faults shows.
  const faultless = await RunningGateway.start({ config: { upstream: simulatedUpstream(simulator, one.generation.name) } });
  try {
    await work.deliverAll(faultless);
    const figures = async (gateway: RunningGateway) =>
      new Map(await Promise.all(work.conversationIds.map(async (id) => [id, await work.story(gateway, id)] as const)));
    const expected = await figures(faultless);
    for (const gateway of gateways) {
      const found = await figures(gateway);
      for (const [id, story] of found) {
        expect(story.state).toEqual(expected.get(id)?.state);
        expect(story.interactions.map(({ queues }) => queues)).toEqual(expected.get(id)?.interactions.map(({ queues }) => queues));
      }
    }
    // Late originals change nothing that was healed, and complete what only they know.
    const seen = followers.count;
    const statuses = await work.deliverDropped(one);
    expect(new Set(statuses)).toEqual(new Set([204]));
    await followers.untilQuiet();
    expect(followers.repeats).toEqual([]);
    for (const id of work.conversationIds) expect(followers.idsOf(id)).toEqual([...(await work.listedIds(one, id))].sort());
    expect(followers.count).toBe(seen);
    for (const gateway of [one, ...others]) expect(await figures(gateway)).toEqual(expected);
  } finally {
    await faultless.stop();
    await followers.stop();
  }
}

describe('webhooks that are lost permanently', () => {
  it('are made up for after a restart, over the embedded log', async () => {
    const gateway = await start();
    try {
      await cutAndHeal([gateway]);
    } finally {
      await gateway.stop();
    }
  }, 120_000);
});

describeWith('redis-server', HOW_TO_GET_REDIS)('webhooks that are lost permanently, with gateways over one Redis', () => {
  it('are made up for once, after all were restarted', async () => {
    const redis = await RedisServer.start('--appendfsync', 'always');
    const eventLog = { redis: redis.asLog };
    const one = await start({ eventLog });
    const upstream = simulatedUpstream(one.simulator, one.generation.name);
    const others = [await start({ eventLog, upstream }), await start({ eventLog, upstream })];
    try {
      await cutAndHeal([one, ...others]);
    } finally {
      for (const gateway of [...others, one]) await gateway.stop();
      await redis.dispose();
    }
  }, 180_000);
});

import { simulatedUpstream } from '../../src/composition/create-upstream.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { Work } from './healing/work.js';

const MINUTE = 60_000;
/** Only the gap of the restart is looked into. */
const TIMINGS = { tickMs: 50, retryMs: 100, silenceMs: 120 * MINUTE };
const CALLS_PER_SECOND = 15;
const CONVERSATIONS = 20;
const GATEWAYS = 3;

describeWith('redis-server', HOW_TO_GET_REDIS)('the budget of upstream calls for healing, of three gateways over one Redis', () => {
  it('is kept by all together, and each conversation is looked at a single time', async () => {
    const redis = await RedisServer.start('--appendfsync', 'always');
    let aheadMs = 0;
    const clock = () => Date.now() + aheadMs;
    const config = { eventLog: { redis: redis.asLog }, healing: { afterMs: MINUTE / 2, callsPerSecond: CALLS_PER_SECOND } };
    const overrides = { clock, healTimings: TIMINGS };
    const one = await RunningGateway.start({ config, overrides, simulator: { clock } });
    const { simulator } = one;
    const upstream = simulatedUpstream(simulator, one.generation.name);
    const gateways = [one];
    while (gateways.length < GATEWAYS) gateways.push(await RunningGateway.start({ config: { ...config, upstream }, overrides }));
    const healed = () =>
      gateways.flatMap(({ log }) => log.lines).filter(({ message }) => message === 'event healed: no webhook had reported it').length;
    try {
      const work = await Work.begin(one, CONVERSATIONS);
      simulator.faults.set({ 'event-dropped': 1 });
      for (const gateway of gateways) await gateway.gateway.close();
      await work.goOn('away');
      simulator.faults.set({});
      aheadMs += 30 * MINUTE;

      simulator.calls.length = 0;
      const began = performance.now();
      await Promise.all(gateways.map((gateway) => gateway.restart()));
      await untilTrue(() => healed() === work.messages);
      await untilTrue(async () => (await Promise.all(gateways.map(queued))).every((count) => count === 0));

      const calls = [...simulator.calls];
      const looks = calls.filter(({ path }) => work.conversationIds.some((id) => path.endsWith(`/conversations/${id}`)));
      expect(looks.map(({ path }) => path).sort()).toEqual([...new Set(looks.map(({ path }) => path))].sort());
      expect(looks).toHaveLength(CONVERSATIONS);
      expect(calls).toHaveLength(3 * CONVERSATIONS + 3 * GATEWAYS);
      // The nth call arrives at the earliest when the budget allows n; a busy machine only makes it later.
      for (const [index, { at }] of calls.entries()) {
        expect(index).toBeLessThanOrEqual(((at - began) / 1_000) * CALLS_PER_SECOND + 1);
      }
      const busiest = Math.max(...calls.map(({ at }) => calls.filter((call) => call.at >= at && call.at < at + 1_000).length));
      console.log(`${calls.length} calls, ${busiest} in the busiest second of a budget of ${CALLS_PER_SECOND} a second`);
    } finally {
      for (const gateway of gateways.reverse()) await gateway.stop();
      await redis.dispose();
    }
  }, 120_000);
});

/** How many conversations the gateway has still to look at. */
async function queued({ addresses }: RunningGateway): Promise<number> {
  const metrics = await (await fetch(`${addresses.url}/metrics`)).text();
  return Number(/^gateway_healing_queued (\d+)$/m.exec(metrics)?.[1]);
}

// Rounds: every competitor runs once in each, in sequence, so that other load on the machine affects all of them alike.
import { performance } from 'node:perf_hooks';
import { spread } from './statistics.js';

export const ROUNDS = Number(process.env.ROUNDS ?? 3);
export const ROUND_MS = Number(process.env.ROUND_MS ?? 3_000);

/**
 * `competitors`: by name `{ server, run() }`, where `run` does one round and resolves with `{ rate, ... }`. One warm-up round is not counted. Resolves with the rounds by name, with
 * the CPU time of the server alone, in microseconds for each unit of the rate.
 */
export async function alternate(competitors, { rounds = ROUNDS, warmUp = 1 } = {}) {
  const results = Object.fromEntries(Object.keys(competitors).map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const [name, { server, run }] of Object.entries(competitors)) {
      const before = server.usage();
      const startedAt = performance.now();
      const result = await run();
      const seconds = (performance.now() - startedAt) / 1000;
      const after = server.usage();
      const cpuMicros = (1e6 * (after.cpuSeconds - before.cpuSeconds)) / (result.rate * seconds);
      if (round >= 0) results[name].push({ ...result, cpuMicros, rssBytes: after.rssBytes });
    }
  }
  return results;
}

/** Median and spread of one figure over the rounds. */
export const over = (rounds, figure) => spread(rounds.map(figure));

/** Of two competitors, the ratio in each round; then median and spread. */
export function ratio(results, name, baseline, figure) {
  return spread(results[name].map((round, index) => figure(round) / figure(results[baseline][index])));
}

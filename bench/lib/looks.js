// Competitors that look at conversations: for the first time, or again.
import { httpLoad } from './http-load.js';
import { check } from './queries.js';
import { ROUND_MS } from './rounds.js';

export const portOf = ({ graphqlUrl }) => Number(new URL(graphqlUrl).port);

/** Sends `count` requests. */
export async function send(server, next, count) {
  let left = count;
  await httpLoad({ port: portOf(server), durationMs: 300_000, next: () => (left-- > 0 ? next() : null), check });
}

/** One competitor of a subject. `perRound`: how many requests a round has; as many as the time of a round allows where it is not given. */
export function looker(server, next, perRound = Infinity) {
  return {
    server: { ...server, usage: server.fineUsage },
    run: async () => {
      let left = perRound;
      const durationMs = perRound === Infinity ? ROUND_MS : 300_000;
      const { perSecond, latencyMs } = await httpLoad({
        port: portOf(server),
        durationMs,
        next: () => (left-- > 0 ? next() : null),
        check,
      });
      return { rate: perSecond, p50: latencyMs.p50, p99: latencyMs.p99 };
    },
  };
}

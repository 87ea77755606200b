// Makes a server generate events, so that their input is not measured; an HTTP request sets how many, and how fast.
import { performance } from 'node:perf_hooks';

/** How much may wait for a client before the feed waits too. */
const MAX_UNSENT_BYTES = 262_144;
/** Events sent between two looks at the rest of the world. */
const BURST = 64;

/** Monotonic, and the same in every process of a machine, in milliseconds. */
export const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

/**
 * Answers `GET /feed?topics=N&perSecond=R&durationMs=D`: publishes to `t0` … `tN-1` in turn; without `perSecond` as fast as clients take it. An event's id holds when it was
 * published. `unsent(topic)` is the number of bytes queued for the slowest client of a topic; `fanOut` how many clients each topic has.
 */
export function serveFeed({ publish, unsent }) {
  return async (request, response) => {
    const { searchParams } = new URL(request.url, 'http://feed');
    const topics = Number(searchParams.get('topics'));
    const perSecond = Number(searchParams.get('perSecond') ?? 0);
    const durationMs = Number(searchParams.get('durationMs'));
    const fanOut = Number(searchParams.get('fanOut') ?? 1);
    const published = await run({ publish, unsent, topics, perSecond, durationMs, fanOut });
    response.end(JSON.stringify({ published }));
  };
}

async function run({ publish, unsent, topics, perSecond, durationMs, fanOut }) {
  const startedAt = performance.now();
  // A look for each event would be as dear as the event where one goes to thousands.
  const burst = Math.max(1, Math.floor(BURST / fanOut));
  let published = 0;
  for (;;) {
    const elapsed = performance.now() - startedAt;
    if (elapsed >= durationMs) return published;
    const due =
      perSecond > 0
        ? Math.floor((elapsed / 1000) * perSecond)
        : published + (unsent(`t${published % topics}`) > MAX_UNSENT_BYTES ? 0 : burst);
    for (let n = 0; published < due && n < BURST; n += 1) {
      publish(`t${published % topics}`, `${nowMs()}-${published}`);
      published += 1;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

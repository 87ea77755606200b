// The first look at messages of the last minute: those whose events have arrived, and those without events.
import { BUILDS, startBuild } from '../lib/builds.js';
import { MESSAGES, contentOf } from '../lib/conversations.js';
import { httpLoad } from '../lib/http-load.js';
import { looker, portOf, send } from '../lib/looks.js';
import { pathOf, startServer } from '../lib/processes.js';
import { cycle, freshRequests, idOf } from '../lib/queries.js';
import { ROUNDS, alternate, ratio } from '../lib/rounds.js';
import { signedWebhooks } from '../lib/webhooks.js';

/** Conversations a round whose messages have events: each takes twenty signatures to prepare. */
const WITH_EVENTS = Number(process.env.WITH_EVENTS ?? 300);
const AGAIN = 500;
/** First looks of each kind before the first round: V8 compiles what only they run for so long. After 900, a tenth of the time of the next rounds is still its. */
const WARM_UP = 2_500;

const checkStored = (status) => {
  if (status !== 204) throw new Error(`a webhook was answered ${status}`);
};

/** The events of all messages of the conversations of all rounds, and of those before. */
function events(upstream) {
  const contentOfEvent = (n) => {
    const conversationId = idOf('recentevents', Math.floor(n / MESSAGES) + 1);
    const { text, at, author } = contentOf(conversationId, n % MESSAGES, upstream.startedAt);
    return { conversationId, text, timestamp: at, sender: author };
  };
  const { port, privateKey } = upstream;
  return signedWebhooks((WARM_UP + WITH_EVENTS * (1 + ROUNDS)) * MESSAGES, { port, privateKey, contentOf: contentOfEvent });
}

export async function run() {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const servers = [upstream];
  const competitors = {};
  const signed = await events(upstream);
  for (const name of Object.keys(BUILDS)) {
    const server = await startBuild(name, upstream);
    servers.push(server);
    const port = portOf(server);
    const bytes = signed.map((event) => event.bytes).values();
    await httpLoad({ port, connections: 64, durationMs: 300_000, next: () => bytes.next().value ?? null, check: checkStored });
    await send(server, cycle(port, 'recent', AGAIN), AGAIN);
    const [withEvents, withoutEvents] = ['recentevents', 'recentfirst'].map((kind) => freshRequests(port, kind));
    for (const next of [withEvents, withoutEvents]) await send(server, next, WARM_UP);
    competitors[`${name}, with events`] = looker(server, withEvents, WITH_EVENTS);
    competitors[`${name}, without events`] = looker(server, withoutEvents);
    competitors[`${name}, again`] = looker(server, cycle(port, 'recent', AGAIN));
  }
  const rounds = await alternate(competitors);
  for (const server of servers.reverse()) await server.stop();
  const values = {};
  for (const name of Object.keys(BUILDS)) {
    for (const kind of ['with events', 'without events'])
      values[`${name}, ${kind}`] = ratio(rounds, `${name}, ${kind}`, `${name}, again`, ({ cpuMicros }) => cpuMicros).median;
  }
  const notes = [{ title: 'CPU, of a repeated look', values }];
  return [{ id: 'recent', title: 'First look at 20 messages of the last minute', unit: 'requests/s', baselines: [], rounds, notes }];
}

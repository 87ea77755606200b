// Whether an event costs more where more subscriptions are open on other conversations.
import { Counter, openSubscribers } from '../lib/ws-load.js';
import { settingsOver } from '../lib/gateway-settings.js';
import { pathOf, startServer } from '../lib/processes.js';
import { ROUNDS, ROUND_MS } from '../lib/rounds.js';
import { spread } from '../lib/statistics.js';

const STEPS = [1, 100, 1_000, 5_000, 20_000];
/** Subscriptions on one socket. */
const PER_SOCKET = 10;
const LISTENING = 50;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function rate({ feedPort }, counter) {
  counter.take();
  const startedAt = performance.now();
  const answer = await fetch(`http://127.0.0.1:${feedPort}/feed?topics=${LISTENING}&durationMs=${ROUND_MS}`);
  const { published } = await answer.json();
  while (counter.count < published) await pause(2);
  return counter.take().count / ((performance.now() - startedAt) / 1000);
}

/** Idle subscriptions and the memory of the process, both in one server that is never started anew: so the steps come one after the other, the first once more at the end. */
export async function run() {
  const upstream = await startServer(pathOf('servers/upstream.js'));
  const server = await startServer(pathOf('servers/gateway-feed.js'), { env: settingsOver(upstream) });
  const port = Number(new URL(server.wsUrl).port);
  const counter = new Counter();
  const listening = await openSubscribers(port, { sockets: LISTENING, topicOf: (n) => `t${n}`, onNext: counter.onNext });
  await rate(server, counter);
  const table = [];
  let idle = [];
  let open = 0;
  for (const step of [...STEPS, 1]) {
    if (step < open) {
      for (const subscriber of idle) subscriber.close();
      idle = [];
      open = 0;
      await pause(1_000);
    }
    const sockets = Math.ceil((step - open) / PER_SOCKET);
    const subscriptions = Math.min(PER_SOCKET, step - open);
    const first = open;
    idle.push(...(await openSubscribers(port, { sockets, subscriptions, topicOf: (n) => `idle${first + n}`, onNext: () => undefined })));
    open = step;
    await pause(500);
    const rounds = [];
    for (let n = 0; n < ROUNDS; n += 1) rounds.push(await rate(server, counter));
    const { median, least, most } = spread(rounds);
    table.push({
      'idle subscriptions': step.toLocaleString('en'),
      'events/s': median,
      least,
      most,
      'RSS MB': server.usage().rssBytes / 1e6,
    });
  }
  for (const subscriber of [...idle, ...listening]) subscriber.close();
  await server.stop();
  await upstream.stop();
  return [{ id: 'subscriptions', title: 'Events/s while subscriptions on other conversations are idle', table }];
}

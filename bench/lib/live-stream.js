// A stream of webhooks at a steady rate, and their subscribers, in a thread of their own: what else the generator has to send and to receive delays neither.
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { httpLoad } from './http-load.js';
import { quantiles } from './statistics.js';
import { Journeys, signedWebhooks } from './webhooks.js';
import { openSubscribers } from './ws-load.js';

const CONVERSATIONS = 50;

/** Opens the subscribers, each on a conversation of its own. `begin()` starts the stream; `taken()` resolves with the latencies since the last call; `end()` closes all. */
export async function openLiveStream(options) {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: options });
  const ask = async (what) => {
    worker.postMessage(what);
    const [answer] = await once(worker, 'message');
    return answer;
  };
  await once(worker, 'message');
  return { begin: () => ask('begin'), taken: () => ask('take'), end: () => worker.terminate() };
}

async function serve({ port, privateKey, perSecond, seconds }) {
  const journeys = new Journeys();
  await openSubscribers(port, { sockets: CONVERSATIONS, topicOf: (n) => `live${n}`, onNext: journeys.onNext });
  const events = await signedWebhooks(perSecond * seconds, { port, privateKey, conversations: CONVERSATIONS, topic: 'live' });
  const next = () => {
    const event = events.shift();
    if (event !== undefined) journeys.sent(event.eventId);
    return event?.bytes ?? null;
  };
  const check = (status) => {
    if (status !== 204) throw new Error(`a webhook was answered ${status}`);
  };
  const answers = {
    begin: () => {
      void httpLoad({ port, connections: 16, durationMs: seconds * 1_000, next, check, perSecond });
      return null;
    },
    take: () => {
      const latencies = journeys.latencies;
      journeys.latencies = [];
      return quantiles(latencies);
    },
  };
  parentPort.on('message', (what) => parentPort.postMessage(answers[what]()));
  parentPort.postMessage('open');
}

if (!isMainThread) await serve(workerData);

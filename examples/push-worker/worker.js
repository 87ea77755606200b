// Receives the events of a sink (docs/sinks.md) and sends them as push messages to the devices of customers who are away. The sink:
//   { "name": "push", "url": "https://…/events", "secret": "whsec_…", "types": ["MESSAGE_ADDED"], "when": "ABSENT",
//     "document": "subscription { allConversationEvents { conversationId ... on MessageAdded { message { text author { type name } } } } }" }
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { createPushers } from './pushers.js';

const MAX_BODY_BYTES = 1_048_576;
/** Ids of events remembered: a sink sends an event at least once. */
const REMEMBERED = 10_000;

/**
 * Answers a sink's requests.
 *
 * @param {object} options
 * @param {string} options.secret the sink's
 * @param {(conversationId: string) => Promise<object[]>} options.devicesOf from your database: `{ kind: 'web' | 'apns' | 'fcm', … }`
 * @param {(device: object) => Promise<void>} options.forget called for a device that no longer takes messages
 * @param {Record<string, (device: object, message: object) => Promise<'sent' | 'gone'>>} options.pushers by kind
 */
export function createWorker({ secret, devicesOf, forget, pushers }) {
  const webhook = new Webhook(secret);
  const done = new Set();

  async function handle(body, headers) {
    const { id, subject, data } = webhook.verify(body, headers);
    if (done.has(id) || data.message.author.type === 'CUSTOMER') return;
    const message = { id, title: data.message.author.name ?? 'New message', text: data.message.text ?? '', conversationId: subject };
    for (const device of await devicesOf(subject)) {
      if ((await pushers[device.kind](device, message)) === 'gone') await forget(device);
    }
    // Only now: if it fails before, the sink sends it again.
    done.add(id);
    if (done.size > REMEMBERED) done.delete(done.values().next().value);
  }

  return createServer(async (request, response) => {
    try {
      const body = await readBody(request);
      if (body === null) response.writeHead(413).end();
      else await handle(body, request.headers).then(() => response.writeHead(204).end());
    } catch (error) {
      // A wrong signature is not ours to retry, but the sink retries: that shows a wrong secret in its metrics.
      response.writeHead(error.name === 'WebhookVerificationError' ? 401 : 503).end();
    }
  });
}

/** The body as it was signed; null if it is too large. */
async function readBody(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const missing = ['SINK_SECRET', 'VAPID_SUBJECT', 'VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY'].filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`not set: ${missing.join(', ')} (see README.md)`);
  const { SINK_SECRET, VAPID_SUBJECT, VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY, PORT = '8080' } = process.env;
  // Replace by your database of devices, which your app or page fills.
  const devices = new Map();
  const worker = createWorker({
    secret: SINK_SECRET,
    devicesOf: async (conversationId) => devices.get(conversationId) ?? [],
    forget: async (device) =>
      devices.forEach((list, key) =>
        devices.set(
          key,
          list.filter((one) => one !== device),
        ),
      ),
    pushers: createPushers({ vapid: { subject: VAPID_SUBJECT, publicKey: VAPID_PUBLIC_KEY, privateKey: VAPID_PRIVATE_KEY } }),
  });
  worker.listen(Number(PORT), () => console.log(`listening on port ${PORT}`));
}

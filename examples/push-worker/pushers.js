// Sends a message to one device. Each resolves to 'sent', to 'gone' if the device no longer takes messages, and rejects if it is worth another try.
import { createHash } from 'node:crypto';
import { connect } from 'node:http2';
import webPush from 'web-push';

/** A message is of no use after a day. */
const TTL_SECONDS = 86_400;
/** Of 4,096 bytes, what encryption leaves; `web-push` sends longer ones, which push services reject. */
const MAX_PAYLOAD_BYTES = 3_993;

/**
 * @param {object} options
 * @param {{ subject: string, publicKey: string, privateKey: string }} options.vapid by `npx web-push generate-vapid-keys`
 * @param {import('node:https').Agent} [options.agent]
 * @param {{ host: string, topic: string, token: () => Promise<string> }} [options.apns]
 * @param {{ project: string, token: () => Promise<string> }} [options.fcm]
 */
export function createPushers({ vapid, agent, apns, fcm }) {
  return {
    web: ({ subscription }, message) => pushToWeb(subscription, message, { vapid, agent }),
    apns: ({ token }, message) => pushToApns(token, message, apns),
    fcm: ({ token }, message) => pushToFcm(token, message, fcm),
  };
}

async function pushToWeb(subscription, message, { vapid, agent }) {
  // A push service keeps the last message of a topic only: 32 characters of base64url at most.
  const topic = createHash('sha256').update(message.id).digest('base64url').slice(0, 32);
  try {
    await webPush.sendNotification(subscription, toPayload(message), {
      vapidDetails: vapid,
      TTL: TTL_SECONDS,
      topic,
      timeout: 10_000,
      agent,
    });
    return 'sent';
  } catch (error) {
    if (error.statusCode === 404 || error.statusCode === 410) return 'gone';
    throw error;
  }
}

/** Shortened until it fits. */
function toPayload(message) {
  let { text } = message;
  for (;;) {
    const payload = JSON.stringify({ ...message, text });
    if (Buffer.byteLength(payload) <= MAX_PAYLOAD_BYTES) return payload;
    text = [...text].slice(0, Math.floor([...text].length * 0.9)).join('');
  }
}

/** NOT RUN by the tests: Apple's push service over HTTP/2, with a provider token. */
async function pushToApns(device, { id, title, text, conversationId }, { host, topic, token }) {
  const session = connect(`https://${host}`);
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': `/3/device/${device}`,
      authorization: `bearer ${await token()}`,
      'apns-topic': topic,
      'apns-push-type': 'alert',
      'apns-collapse-id': createHash('sha256').update(id).digest('hex'),
    });
    stream.end(JSON.stringify({ aps: { alert: { title, body: text }, 'thread-id': conversationId }, conversationId }));
    const status = await new Promise((resolve, reject) => {
      session.on('error', reject);
      stream.on('response', (headers) => resolve(headers[':status'])).on('error', reject);
    });
    if (status === 410) return 'gone';
    if (status !== 200) throw new Error(`APNs answered ${status}`);
    return 'sent';
  } finally {
    session.close();
  }
}

/** NOT RUN by the tests: Firebase Cloud Messaging, HTTP v1, with an OAuth token of a service account. */
async function pushToFcm(device, { title, text, conversationId }, { project, token }) {
  const response = await fetch(`https://fcm.googleapis.com/v1/projects/${project}/messages:send`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ message: { token: device, notification: { title, body: text }, data: { conversationId } } }),
    signal: AbortSignal.timeout(10_000),
  });
  if (response.status === 404) return 'gone';
  if (!response.ok) throw new Error(`FCM answered ${response.status}`);
  return 'sent';
}

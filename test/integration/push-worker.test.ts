import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { Agent, createServer } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toCloudEvent } from '../../src/sinks/cloud-event.js';
import { signedHeaders } from '../../src/sinks/signature.js';
import { messageAdded } from '../contract/event-log/sample-events.js';
import { makeCertificate } from '../support/certificates.js';

interface Worker {
  createWorker(options: object): Server;
}
interface Pushers {
  createPushers(options: object): object;
}
const example = (file: string): string => new URL(`../../examples/push-worker/${file}`, import.meta.url).pathname;

/** A device's keys, and what it decrypts of a push message (RFC 8291, RFC 8188). */
class Device {
  readonly #keys = createECDH('prime256v1');
  readonly #auth = randomBytes(16);
  readonly #publicKey = this.#keys.generateKeys();

  subscription(endpoint: string) {
    return { endpoint, keys: { p256dh: this.#publicKey.toString('base64url'), auth: this.#auth.toString('base64url') } };
  }

  decrypt(body: Buffer): string {
    const salt = body.subarray(0, 16);
    const keyLength = body.readUInt8(20);
    const sender = body.subarray(21, 21 + keyLength);
    const secret = this.#keys.computeSecret(sender);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#publicKey, sender]);
    const ikm = Buffer.from(hkdfSync('sha256', secret, this.#auth, info, 32));
    const key = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: aes128gcm\0', 16));
    const nonce = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: nonce\0', 12));
    const content = body.subarray(21 + keyLength);
    const decipher = createDecipheriv('aes-128-gcm', key, nonce);
    decipher.setAuthTag(content.subarray(-16));
    const plain = Buffer.concat([decipher.update(content.subarray(0, -16)), decipher.final()]);
    return plain.subarray(0, plain.lastIndexOf(2)).toString();
  }
}

describe('the example worker that sends pushes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'push-worker-'));
  const secret = randomBytes(32);
  const device = new Device();
  const pushed: Buffer[] = [];
  const forgotten: unknown[] = [];
  let status = 201;
  let service: ReturnType<typeof createServer>;
  let worker: Server;

  beforeAll(async () => {
    const { certFile, keyFile, pem } = makeCertificate(directory, 'push');
    service = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        pushed.push(Buffer.concat(chunks));
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const endpoint = `https://127.0.0.1:${(service.address() as AddressInfo).port}/push/1`;
    const { createWorker } = (await import(example('worker.js'))) as Worker;
    const { createPushers } = (await import(example('pushers.js'))) as Pushers;
    const webPush = createRequire(import.meta.url)('web-push') as { generateVAPIDKeys(): object };
    worker = createWorker({
      secret: `whsec_${secret.toString('base64')}`,
      devicesOf: () => Promise.resolve([{ kind: 'web', subscription: device.subscription(endpoint) }]),
      forget: (one: unknown) => Promise.resolve(forgotten.push(one)),
      pushers: createPushers({ vapid: { subject: 'mailto:a@x.example', ...webPush.generateVAPIDKeys() }, agent: new Agent({ ca: pem }) }),
    });
    await new Promise<void>((resolve) => worker.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    for (const server of [worker, service]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    rmSync(directory, { recursive: true });
  });

  const send = async (id: string, text: string, author = 'AGENT', key: Uint8Array = secret) => {
    const data = { message: { text, author: { type: author, name: 'Ada' } } };
    const body = toCloudEvent(messageAdded(id, text), 'urn:x', { data, incomplete: false });
    const headers = { ...signedHeaders(id, body, [key], Date.now()), connection: 'close' };
    return (await fetch(`http://127.0.0.1:${(worker.address() as AddressInfo).port}/`, { method: 'POST', body, headers })).status;
  };

  it('sends a message that the device decrypts, once for each event', async () => {
    expect(await send('e1', 'How are you? ü')).toBe(204);
    expect(await send('e1', 'How are you? ü')).toBe(204);
    expect(pushed.map((body) => JSON.parse(device.decrypt(body)) as unknown)).toEqual([
      { id: 'e1', title: 'Ada', text: 'How are you? ü', conversationId: 'c1' },
    ]);
  });

  it('shortens what is too long, sends nothing of customers, and accepts no other signature', async () => {
    pushed.length = 0;
    expect(await send('e2', 'long '.repeat(2_000))).toBe(204);
    expect(pushed[0]?.length).toBeLessThanOrEqual(4_096);
    expect(await send('e3', 'own', 'CUSTOMER')).toBe(204);
    expect(await send('e4', 'forged', 'AGENT', randomBytes(32))).toBe(401);
    expect(pushed).toHaveLength(1);
  });

  it('forgets a device that is gone, and asks the sink to try again after an outage', async () => {
    status = 503;
    expect(await send('e5', 'later')).toBe(503);
    status = 410;
    expect(await send('e5', 'later')).toBe(204);
    expect(forgotten).toHaveLength(1);
  });
});

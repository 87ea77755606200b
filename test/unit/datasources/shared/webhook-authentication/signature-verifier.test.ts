import { sign } from 'node:crypto';
import { SignatureVerifier } from '../../../../../src/datasources/shared/webhook-authentication/signature-verifier.js';
import { newSigningKey } from '../../../webhooks/sign-webhook.js';
import { untilTrue } from '../../../../support/until.js';

const key = newSigningKey('key-a');
const other = newSigningKey('key-b');
const inputs = Array.from({ length: 200 }, (_, n) => `webhook ${n} \u00e9\ud800`);
const signatures = inputs.map((input) => sign('sha256', Buffer.from(input), key.privateKey).toString('base64url'));

let checks: SignatureVerifier;
beforeEach(() => (checks = new SignatureVerifier()));
afterEach(() => checks.close());

/** Verifies all in one tick; returns the results, and the order in which they arrived. */
function crowd(publicKey = key.publicKey) {
  const order: number[] = [];
  const results = inputs.map(async (input, n) => {
    // Every third is of another webhook.
    const isValid = await checks.verify(publicKey, input, signatures[n % 3 === 2 ? n - 1 : n] ?? '');
    order.push(n);
    return isValid;
  });
  return { order, all: Promise.all(results) };
}

const expected = inputs.map((_, n) => n % 3 !== 2);
const inOrder = inputs.map((_, n) => n);
const isThreaded = () => checks.isThreaded;

describe('SignatureVerifier', () => {
  it('checks few without a thread', async () => {
    expect(await checks.verify(key.publicKey, inputs[0] ?? '', signatures[0] ?? '')).toBe(true);
    expect(await checks.verify(key.publicKey, inputs[0] ?? '', signatures[1] ?? '')).toBe(false);
    expect(await checks.verify(other.publicKey, inputs[0] ?? '', signatures[0] ?? '')).toBe(false);
    expect(isThreaded()).toBe(false);
  });

  it('checks a crowd in a thread, each with its key, and answers in order', async () => {
    expect(await crowd().all).toEqual(expected);
    await untilTrue(isThreaded);
    const [first, second] = [crowd(), crowd(other.publicKey)];
    expect(await first.all).toEqual(expected);
    expect(await second.all).toEqual(inputs.map(() => false));
    expect([first.order, second.order]).toEqual([inOrder, inOrder]);
  });

  it('verifies inline, in order, what a worker that has exited did not return', async () => {
    void crowd();
    await untilTrue(isThreaded);
    const pending = crowd();
    await checks.close();
    expect(await pending.all).toEqual(expected);
    expect(pending.order).toEqual(inOrder);
    expect(await crowd().all).toEqual(expected);
  });
});

import { Deadline, readsWithin } from '../../../../src/datasources/upstream/deadline.js';
import type { ChatApi } from '../../../../src/datasources/chat-api.js';
import { faultOf } from '../scripted-upstream.js';

it('returns what arrives in time, errors too', async () => {
  const deadline = new Deadline(60_000);
  expect(await deadline.within(() => Promise.resolve('answer'))).toBe('answer');
  const fault = new Error('its own');
  expect(await faultOf(deadline.within(() => Promise.reject(fault)))).toBe(fault);
});

it('waits no longer than to its end, and begins nothing after it', async () => {
  const deadline = new Deadline(5);
  let calls = 0;
  const never = () => {
    calls += 1;
    return new Promise<never>(() => undefined);
  };
  expect(await faultOf(deadline.within(never))).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  expect(await faultOf(deadline.within(never))).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  expect(calls).toBe(1);
});

it('holds for all reads of an API together, and leaves the rest as it is', async () => {
  class Api {
    readonly #name = 'conversation';
    readonly kind = 'CHAT_GATEWAY_V1';
    conversation(id: string) {
      return Promise.resolve(`${this.#name} ${id}`);
    }
  }
  const within = (ms: number) => readsWithin(new Api() as unknown as ChatApi, new Deadline(ms));
  expect(await within(60_000).conversation('c1', { asOf: '' })).toBe('conversation c1');
  expect(within(0).kind).toBe('CHAT_GATEWAY_V1');
  expect(await faultOf(within(0).conversation('c1', { asOf: '' }))).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
});

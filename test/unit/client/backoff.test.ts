import { exponentialBackoff, pause } from '../../../client/src/backoff.js';

it('waits twice as long each time, up to a limit', () => {
  const longest = exponentialBackoff({ firstMs: 100, maxMs: 1_000, random: () => 1 });
  expect([1, 2, 3, 4, 5, 2_000].map(longest)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
});

it('waits half of that at least', () => {
  const shortest = exponentialBackoff({ firstMs: 100, maxMs: 1_000, random: () => 0 });
  expect([1, 2, 5].map(shortest)).toEqual([50, 100, 500]);
});

it('stops waiting when it is over', async () => {
  const over = new AbortController();
  const waiting = pause(1_000_000, over.signal);
  over.abort();
  await waiting;
  await pause(1_000_000, over.signal);
});

it('stops waiting when the browser is online again', async () => {
  const browser = new EventTarget();
  Object.assign(globalThis, {
    addEventListener: browser.addEventListener.bind(browser),
    removeEventListener: browser.removeEventListener.bind(browser),
  });
  const waiting = pause(1_000_000, new AbortController().signal);
  browser.dispatchEvent(new Event('online'));
  await waiting;
  Reflect.deleteProperty(globalThis, 'addEventListener');
  Reflect.deleteProperty(globalThis, 'removeEventListener');
});

import { KnownChannels } from '../../../src/context/known-channels.js';
import { untilTrue } from '../../support/until.js';

let now: number;
let channels: KnownChannels;
beforeEach(() => {
  now = 0;
  channels = new KnownChannels(() => now);
});

const found = () => Promise.resolve(true);
const missing = () => Promise.resolve(false);
const failing = () => Promise.reject(new Error('down'));
const never = () => Promise.reject(new Error('must not be looked up'));

it('looks a channel up once, and again after 10 min: another gateway may have deleted it', async () => {
  expect(await channels.isMissing('c', found)).toBe(false);
  now += 599_999;
  // Known by then: no promise.
  expect(channels.isMissing('c', never)).toBe(false);
  now += 1;
  expect(channels.has('c')).toBe(false);
  expect(await channels.isMissing('c', missing)).toBe(true);
});

it('counts as existing one that was known and cannot be looked up again', async () => {
  channels.remember('c');
  now += 600_000;
  expect(await channels.isMissing('c', failing)).toBe(false);
  now += 5_000;
  expect(await channels.isMissing('c', missing)).toBe(true);
});

it('looks one up again that was not found or could not be looked up, after 5 s', async () => {
  expect(await channels.isMissing('c', missing)).toBe(true);
  expect(await channels.isMissing('d', failing)).toBe(false);
  now += 4_999;
  expect(await channels.isMissing('c', found)).toBe(true);
  expect(await channels.isMissing('d', missing)).toBe(false);
  now += 1;
  expect(await channels.isMissing('d', missing)).toBe(true);
  expect(await channels.isMissing('c', found)).toBe(false);
});

it('looks up once for all who ask meanwhile, for as long as it takes', async () => {
  let answer: (value: boolean) => void = () => undefined;
  let lookups = 0;
  const slow = () => {
    lookups += 1;
    return new Promise<boolean>((resolve) => (answer = resolve));
  };
  const first = channels.isMissing('c', slow);
  now += 60_000;
  const second = channels.isMissing('c', slow);
  answer(false);
  expect(await Promise.all([first, second])).toEqual([true, true]);
  expect(lookups).toBe(1);
  // The 5 s begin with the answer.
  expect(await channels.isMissing('c', found)).toBe(true);
});

it('does not wait long for a look-up, and learns from one that succeeds later', async () => {
  const impatient = new KnownChannels(() => now, 1);
  let answer: (value: boolean) => void = () => undefined;
  const slow = () => new Promise<boolean>((resolve) => (answer = resolve));
  expect(await impatient.isMissing('c', slow)).toBe(false);
  expect(await impatient.isMissing('c', never)).toBe(false);
  answer(true);
  await untilTrue(() => impatient.has('c'));
});

it('does not miss a channel that was created while it was looked up', async () => {
  let answer: (value: boolean) => void = () => undefined;
  const lookup = channels.isMissing('c', () => new Promise((resolve) => (answer = resolve)));
  channels.remember('c');
  answer(false);
  expect(await lookup).toBe(false);
  expect(channels.has('c')).toBe(true);
});

it('forgets immediately that one was missing that is created, and that one existed that is deleted', async () => {
  await channels.isMissing('c', missing);
  channels.remember('c');
  expect(channels.isMissing('c', never)).toBe(false);
  channels.forget('c');
  expect(await channels.isMissing('c', missing)).toBe(true);
});

it('remembers a bounded number of ids that were not found', async () => {
  for (let id = 0; id < 1_001; id += 1) await channels.isMissing(`c${id}`, missing);
  expect(await channels.isMissing('c0', found)).toBe(false);
  expect(await channels.isMissing('c1000', never)).toBe(true);
});

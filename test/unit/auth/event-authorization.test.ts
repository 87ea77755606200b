import { EventAuthorizer } from '../../../src/auth/event-authorization.js';
import { ANONYMOUS } from '../../../src/auth/viewer.js';
import type { ConversationEvent } from '../../../src/domain/event.js';

const START = 1_000_000;
let now = START;
let asked = 0;
let isOwn: () => Promise<boolean> = () => Promise.resolve(true);
const viewer = { ...ANONYMOUS, role: 'CUSTOMER', customerId: 'mia', expiresAt: new Date(START + 3_600_000) } as const;
const rights = (certain = false) => new EventAuthorizer(viewer, () => now, certain ? null : () => ((asked += 1), isOwn()));
const event = (type: 'MESSAGE_ADDED' | 'CONVERSATION_UPDATED', receivedAt = now) =>
  ({ type, receivedAt: new Date(receivedAt) }) as ConversationEvent;

beforeEach(() => {
  now = START;
  asked = 0;
  isOwn = () => Promise.resolve(true);
});

it('answers synchronously, without a call, while no event reports a change', () => {
  const by = rights();
  for (let count = 0; count < 100; count += 1) expect(by.authorize(event('MESSAGE_ADDED'))).toBe('ALLOW');
  expect(asked).toBe(0);
});

it('asks before it delivers an event that reports a change, live or late', async () => {
  const by = rights();
  isOwn = () => Promise.resolve(false);
  expect(await by.authorize(event('CONVERSATION_UPDATED'))).toBe('DENY');
  expect(await rights().authorize(event('CONVERSATION_UPDATED', START - 30_000))).toBe('DENY');
  expect(asked).toBe(2);
});

it('does not ask for changes that lie before it looked', () => {
  isOwn = () => Promise.resolve(false);
  expect(rights().authorize(event('CONVERSATION_UPDATED', START - 60_001))).toBe('ALLOW');
});

it('asks again after five minutes, and lets no outage swallow an event', async () => {
  const by = rights();
  now += 300_000;
  isOwn = () => Promise.reject(new Error('down'));
  expect(await by.authorize(event('MESSAGE_ADDED'))).toBe('ALLOW');
  isOwn = () => Promise.resolve(false);
  expect(await by.authorize(event('MESSAGE_ADDED'))).toBe('DENY');
});

it('hands out no change that it could not look into', async () => {
  isOwn = () => Promise.reject(new Error('down'));
  await expect(rights().authorize(event('CONVERSATION_UPDATED'))).rejects.toThrow('down');
});

it('never asks where the token alone decides', () => {
  expect(rights(true).authorize(event('CONVERSATION_UPDATED'))).toBe('ALLOW');
});

it('hands out nothing from the moment on at which the token expires', () => {
  const by = rights(true);
  now = START + 3_599_999;
  expect(by.authorize(event('MESSAGE_ADDED'))).toBe('ALLOW');
  now += 1;
  expect(by.authorize(event('MESSAGE_ADDED'))).toBe('EXPIRED');
});

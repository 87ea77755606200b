import { randomUUID } from 'node:crypto';
import { Outbox } from '../../../../client/src/conversation/outbox.js';
import type { Entry, Outcome } from '../../../../client/src/conversation/outbox.js';
import { untilTrue } from '../../../support/until.js';

/** A page with a gateway that answers as scripted. */
class Page {
  readonly stored = new Map<string, string>();
  readonly delivered: Entry[] = [];
  answers: Outcome[] = [];

  outbox(): Outbox {
    return new Outbox({
      deliver: (entry) => {
        this.delivered.push(entry);
        return Promise.resolve(this.answers.shift() ?? 'sent');
      },
      later: () => Promise.resolve(),
      storage: { getItem: (key) => this.stored.get(key) ?? null, setItem: (key, value) => void this.stored.set(key, value) },
      key: 'outbox',
      newKey: randomUUID,
    });
  }
}

let page: Page;
beforeEach(() => {
  page = new Page();
});

const statuses = (outbox: Outbox) => outbox.entries().map(({ text, status }) => [text, status]);

it('sends messages in order, and keeps each until the conversation shows it', async () => {
  const outbox = page.outbox();
  outbox.add({ text: 'one' });
  outbox.add({ text: 'two' });
  expect(statuses(outbox)).toEqual([
    ['one', 'waiting'],
    ['two', 'waiting'],
  ]);
  await untilTrue(() => page.delivered.length === 2);
  expect(statuses(outbox)).toEqual([
    ['one', 'sent'],
    ['two', 'sent'],
  ]);
  outbox.arrived(new Set([page.delivered[0]?.clientMessageId ?? '']));
  expect(statuses(outbox)).toEqual([['two', 'sent']]);
});

it('retries with the same id and key, before later messages', async () => {
  page.answers = ['unreachable', 'unreachable'];
  const outbox = page.outbox();
  outbox.add({ text: 'one' });
  outbox.add({ text: 'two' });
  await untilTrue(() => page.delivered.length === 4);
  expect(page.delivered.map(({ text, tried }) => [text, tried])).toEqual([
    ['one', false],
    ['one', true],
    ['one', true],
    ['two', false],
  ]);
  expect(new Set(page.delivered.map(({ clientMessageId }) => clientMessageId)).size).toBe(2);
  expect(new Set(page.delivered.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
});

it('leaves a rejected or uncertain message to the customer, and continues', async () => {
  page.answers = [{ refused: 'too long' }, 'unsure'];
  const outbox = page.outbox();
  for (const text of ['one', 'two', 'three']) outbox.add({ text });
  await untilTrue(() => page.delivered.length === 3);
  expect(statuses(outbox)).toEqual([
    ['one', 'refused'],
    ['two', 'unsure'],
    ['three', 'sent'],
  ]);
  const [refused, unsure] = outbox.entries();
  outbox.discard(refused?.clientMessageId ?? '');
  outbox.again(unsure?.clientMessageId ?? '');
  await untilTrue(() => page.delivered.length === 4);
  expect(statuses(outbox)).toEqual([
    ['two', 'sent'],
    ['three', 'sent'],
  ]);
  // Under its old key the earlier outcome would be returned again.
  expect(page.delivered.at(-1)?.clientMessageId).toBe(unsure?.clientMessageId);
  expect(page.delivered.at(-1)?.idempotencyKey).not.toBe(unsure?.idempotencyKey);
});

it('survives a reload, after which the message in flight is uncertain', async () => {
  const before = page.outbox();
  page.answers = ['unreachable'];
  before.add({ text: 'one' });
  const afterReload = page.outbox();
  await untilTrue(() => page.delivered.some(({ tried }) => tried));
  expect(afterReload.entries()).toMatchObject([{ text: 'one' }]);
  expect(new Set(page.delivered.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
});

it('notifies its listeners until they unsubscribe', () => {
  const outbox = page.outbox();
  let notified = 0;
  const leave = outbox.subscribe(() => (notified += 1));
  outbox.add({ text: 'one' });
  leave();
  outbox.add({ text: 'two' });
  expect(notified).toBe(1);
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import type { SimulatorOptions } from '../../../src/simulator/options.js';
import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { StateFile } from '../../../src/simulator/state/state-file.js';
import { call, create, listOf, say } from './rest-client.js';
import { sharedKey } from './shared-key.js';
import { createWebhookReceiver } from './webhook-receiver.js';
import type { WebhookReceiver } from './webhook-receiver.js';

let directory: string;
let receiver: WebhookReceiver;
let sim: Simulator | null = null;
let problems: string[];
const file = (): string => join(directory, 'simulator.db');

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'simulator-state-'));
  receiver = await createWebhookReceiver();
  problems = [];
});

afterEach(async () => {
  await sim?.close();
  sim = null;
  await receiver.close();
  rmSync(directory, { recursive: true, force: true });
});

const openState = (): StateFile => StateFile.open({ file: file(), onProblem: (problem) => problems.push(problem) });

/** Another process over the same file, once the one before it has ended. */
async function restart(options: SimulatorOptions = {}): Promise<Simulator> {
  await sim?.close();
  sim = createSimulator({ signingKey: sharedKey, agents: 'manual', webhookUrl: receiver.url, state: openState(), ...options });
  await sim.listen();
  return sim;
}

describe('a simulator with a state file', () => {
  it('has all of a conversation again after a restart, with the same ids', async () => {
    let one = await restart();
    const id = await create(one, { user: { name: 'Eve', additionalProperties: [{ key: 'plan', value: 'gold' }] } });
    await say(one, id, 'Bună ziua \u0000 🙂');
    one.centre.agentAccepts(id);
    one.centre.agentSays(id, { text: '', attachments: [], cards: [{ contentType: 'application/json', content: { a: null } }] });
    const { cards } = one.centre.conversation(id).messages[1] ?? { cards: [] };
    one.centre.useCard(id, cards[0]?.id ?? '', 'Action.Submit', {});
    await call(one, `/conversations/${id}/read-receipt`, { body: { authorType: 'user', readAt: 12 } });
    const before = structuredClone(one.centre.conversation(id));
    const resources = async () =>
      Promise.all(
        ['', '/messages', '/participants', '/interactions'].map(async (path) =>
          (await call(one, `/conversations/${id}${path}`)).text.replaceAll(one.url, ''),
        ),
      );
    const served = await resources();
    const { channelIds, queueIds } = one;

    one = await restart();
    expect(one.centre.conversations()).toEqual([before]);
    expect(await resources()).toEqual(served);
    expect({ channelIds: one.channelIds, queueIds: one.queueIds }).toEqual({ channelIds, queueIds });
    // Participants are the same objects again: who leaves is gone from the messages' authors as well.
    one.centre.agentLeaves(id);
    expect(one.centre.conversation(id).messages[1]?.author.removed).toBe(true);
    expect(await create(one)).not.toBe(id);
  });

  it('serves files at its new address', async () => {
    let one = await restart();
    const id = await create(one);
    const attachment = one.centre.files.add(one.centre.conversation(id), {
      fileName: 'a.txt',
      contentType: 'text/plain',
      chunks: [Buffer.from('wor'), Buffer.from('ds')],
    });
    const former = one.url;
    one.centre.agentAccepts(id);
    one.centre.agentSays(id, { text: '', attachments: [attachment], cards: [] });
    one = await restart();
    const [kept] = one.centre.conversation(id).messages[0]?.attachments ?? [];
    expect(kept?.id).toBe(attachment.id);
    expect(kept?.url.startsWith(one.url)).toBe(true);
    expect(one.url).not.toBe(former);
    expect(await (await fetch(kept?.url ?? '')).text()).toBe('words');
    const content = await fetch(`${one.url}/chat-gateway/v1/conversations/${id}/attachments/${attachment.id}/content`, {
      headers: { 'x-api-key': one.apiKey },
    });
    expect(await content.text()).toBe('words');
  });

  it('goes on with events that were not acknowledged, under their ids and with their counts of retries', async () => {
    await receiver.close();
    let up = false;
    receiver = await createWebhookReceiver(() => (up ? 204 : 503));
    let one = await restart({ retryDelaysMs: Array.from({ length: 100 }, () => 5) });
    const id = await create(one);
    await receiver.until(5);
    const tries = new Map<string, number>();
    for (const { headers } of receiver.received) tries.set(String(headers['x-8x8-event-id']), Number(headers['x-8x8-retry']));
    await one.close();
    const seen = receiver.received.length;
    up = true;
    one = await restart();
    await one.webhookSender.settled();
    const later = receiver.received.slice(seen);
    for (const { headers } of later) {
      const retries = tries.get(String(headers['x-8x8-event-id']));
      if (retries !== undefined) expect(Number(headers['x-8x8-retry'])).toBeGreaterThanOrEqual(retries);
      tries.delete(String(headers['x-8x8-event-id']));
    }
    expect([...tries]).toEqual([]);
    expect(later.map(({ event }) => event.conversationId)).toEqual(later.map(() => id));
    // Nothing is left for a third process.
    one = await restart();
    expect(one.webhookSender.deliveries()).toEqual([]);
  });

  it('lets agents do what they were about to do, once', async () => {
    const never = 1e9;
    let now: (clock: number) => number = (clock) => clock;
    const options = { clock: () => now(Date.now()) };
    let one = await restart({ agents: 'scripted', agentDelays: { acceptMs: never, noticeMs: never, typingMs: never }, ...options });
    const id = await create(one);
    await receiver.until(3);
    // Later than everything that is due.
    now = (clock) => clock + 2 * never;
    one = await restart({ agents: 'scripted', agentDelays: { acceptMs: 1, noticeMs: 1, typingMs: 1 }, ...options });
    const greetings = () => one.centre.conversation(id).messages.filter(({ text }) => text.startsWith('Hello, Eve!')).length;
    while (greetings() === 0) await receiver.until(receiver.received.length + 1);
    await one.webhookSender.settled();
    one = await restart({ agents: 'scripted', ...options });
    expect(greetings()).toBe(1);
    expect(one.centre.conversation(id).interactions).toHaveLength(1);
  });

  it('keeps changes of channels and webhooks, whose own addresses do not follow the simulator', async () => {
    let one = await restart();
    const made = await call(one, '/webhooks', {
      body: { name: 'CRM', uri: 'http://127.0.0.1:9/crm', notificationVersion: 'Chat Gateway v1.0' },
    });
    one = await restart({ webhookUrl: 'http://127.0.0.1:9/elsewhere' });
    one.setWebhookUrl('http://127.0.0.1:9/moved');
    const webhooks = [...one.centre.directory.webhooks.values()].map(({ name, uri }) => [name, uri]);
    expect(made.status).toBe(200);
    expect(webhooks).toEqual([
      ['Gateway', 'http://127.0.0.1:9/moved'],
      ['CRM', 'http://127.0.0.1:9/crm'],
    ]);
  });

  it('keeps the 1,000 conversations that were active last, and nothing of the others', async () => {
    let now = 1;
    // Without an address there is nothing to sign.
    const start = () => createSimulator({ signingKey: sharedKey, agents: 'manual', clock: () => now++, state: openState() });
    let one = (sim = start());
    await one.listen();
    const request = { channelId: one.channelId, customer: { fields: {}, additionalProperties: [] }, assignment: null, history: [] };
    const ids = Array.from({ length: 1_002 }, () => one.centre.create(request).id);
    await say(one, ids[0] ?? '', 'Still here');
    await one.close();
    one = sim = start();
    const kept = one.centre.conversations().map(({ id }) => id);
    expect(kept).toHaveLength(1_000);
    expect(kept).toContain(ids[0]);
    await one.close();
    const state = openState();
    expect(state.load('conversation')).toHaveLength(1_000);
    const conversationsOf = (kind: 'message' | 'delivery') =>
      state.load(kind).map(({ value }) => (value as { conversationId: string }).conversationId);
    expect(conversationsOf('message')).toEqual([ids[0]]);
    expect(new Set(conversationsOf('delivery'))).toEqual(new Set(kept));
    state.close();
  });
});

describe('a state file', () => {
  it.each([
    [
      'is of a newer format',
      'its format is 2, and this version reads 1',
      () => {
        const database = new Database(file());
        database.exec('CREATE TABLE other (id); PRAGMA user_version = 2');
        database.close();
      },
    ],
    [
      'is damaged',
      'not a database',
      () => {
        writeFileSync(file(), 'x'.repeat(10_000));
      },
    ],
  ])('that %s is put aside, with a reason, and a new one begins', async (_case, why, spoil) => {
    spoil();
    const content = readFileSync(file());
    const one = await restart();
    expect(problems).toEqual([expect.stringContaining(why)]);
    expect(problems[0]).toContain(`renamed to ${file()}.unreadable`);
    expect(readFileSync(`${file()}.unreadable`).equals(content)).toBe(true);
    const id = await create(one);
    expect((await restart()).centre.conversation(id).id).toBe(id);
  });

  it('that cannot be written reports it once, and has everything as soon as it can', () => {
    const state = openState();
    let full = true;
    state.note('task', 'a', () => ({ value: 1 }));
    state.note('task', 'b', () => {
      if (full) throw new Error('disk full');
      return { value: 2 };
    });
    state.commit();
    state.commit();
    expect(state.load('task')).toEqual([]);
    expect(problems).toEqual([expect.stringContaining('cannot be written: disk full')]);
    full = false;
    state.commit();
    expect(state.load('task')).toEqual([
      { id: 'a', value: 1 },
      { id: 'b', value: 2 },
    ]);
    state.close();
  });

  it('writes by itself what changes in a step, before anything else happens', async () => {
    const state = openState();
    state.note('task', 'a', () => ({ value: 1 }));
    expect(state.load('task')).toEqual([]);
    await Promise.resolve();
    expect(state.load('task')).toEqual([{ id: 'a', value: 1 }]);
    state.close();
  });
});

describe('a simulator without one', () => {
  it('is a new one each time', async () => {
    sim = createSimulator({ signingKey: sharedKey });
    const { channelIds } = sim;
    await sim.close();
    sim = createSimulator({ signingKey: sharedKey });
    expect(sim.channelIds).not.toEqual(channelIds);
    await sim.listen();
    expect(listOf(await call(sim, '/conversations'), 'conversations')).toEqual([]);
  });
});

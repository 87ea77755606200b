import { GENERATIONS, GENERATION_NAMES, createWebhookFormat, findGeneration } from '../../../src/datasources/generations.js';

const account = { url: 'http://127.0.0.1', apiKey: 'unused', tenantId: 'acme01', customerId: 'acme' };
const reader = { secret: () => 'unused', oneOf: <T>(_name: string, _values: readonly T[], fallback: T) => fallback };
const settingsOf = (name: (typeof GENERATION_NAMES)[number]) => GENERATIONS[name].readSettings(account, reader);

/** One event type of each generation that the other does not have. */
const EVENTS = [
  [{ eventType: 'TEXT', conversationId: 'c1', agentId: 'a1', message: 'Hello' }, 'MESSAGE_ADDED'],
  [{ eventType: 'MESSAGE', conversationId: 'c1', data: { sender: { type: 'agent', id: 'a1' }, text: 'Hello' } }, 'MESSAGE_ADDED'],
] as const;

describe.each(GENERATION_NAMES)('the generation %s', (name) => {
  it('is found by the settings that it reads', () => {
    expect(findGeneration(settingsOf(name))).toBe(GENERATIONS[name]);
  });

  it.each(EVENTS)('receives events of every generation (%#)', async (payload, type) => {
    const format = createWebhookFormat(settingsOf(name), { fetchJwk: () => Promise.resolve(null), clock: () => 0 });
    expect(format.parse(payload)).toMatchObject({ conversationId: 'c1', occurredAt: null, body: { type } });
    await format.close();
  });

  it('parses events of its own only, when asked alone', () => {
    expect(EVENTS.map(([payload]) => GENERATIONS[name].parseEventBody(payload)?.type).filter(Boolean)).toEqual(['MESSAGE_ADDED']);
  });

  it('creates its adapter', async () => {
    const api = findGeneration(settingsOf(name)).createChatApi(settingsOf(name), { clock: () => 0 });
    expect(api.kind).toBe(name.toUpperCase().replaceAll('-', '_'));
    await api.close();
  });
});

// What is stored in an event log in Redis, and what a release answers about it. Works with the `EventLog` of every release that knows Redis.
import { answeredUnderFirstNames, underFirstNames } from './releases.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** 2026-01-01T00:00:00Z. */
export const START = 1_767_225_600_000;
export const PREFIX = 'fixture';
export const PARTITIONS = 2;
/** Of the messages of one text, in the order in which they were stored. */
export const SAME_TEXTS = ['e1', 'e2', 'e6', 'e7', 'e8'];

const c1 = { conversationId: 'c1' };
const c2 = { conversationId: 'c2' };
const author = { participantId: 'a1', type: 'AGENT', name: null, language: null, removed: null };
const content = (text) => ({ author, text, attachments: [], cards: [] });
const event = (id, type, data, { conversationId = 'c1', at = START } = {}) => ({
  ...{ id, conversationId, occurredAt: new Date(at), receivedAt: new Date(at), type, data },
});
const message = (id, text, given) => event(id, 'MESSAGE_ADDED', { message: content(text), isEcho: false }, given);

/** A sighting of a message in the upstream's history. */
export const sighting = (messageDigest, listedId, text) => ({ listedId, digest: messageDigest(content(text)), createdAt: null });

export const optionsFor = (target) => ({
  ...{ target, prefix: PREFIX, partitions: PARTITIONS, clock: () => START, storedAt: () => START * 1_000, retentionMs: HOUR },
});

/** Stores something under every kind of key. */
export async function write(opened, messageDigest) {
  const log = underFirstNames(opened);
  const agent = { agentId: 'a1', name: null };
  const old = { at: START - 2 * DAY };
  await log.append(event('old1', 'INTERACTION_QUEUED', { queue: { queueId: 'q1', name: 'Support' } }, old));
  await log.append(event('old2', 'AGENT_JOINED', { agent }, { at: old.at + 5_000 }));
  for (const [index, id] of SAME_TEXTS.entries()) await log.append(message(id, 'Hello', { at: START + index }));
  await log.append(event('e3', 'MESSAGES_READ', { reader: { participantId: 'u1', type: 'CUSTOMER' }, readAt: new Date(START) }));
  await log.append(event('e4', 'AGENT_LEFT', { agent }));
  await log.append(message('e5', 'Größe \u2713 "quoted"', c2));
  await log.append(message('x1', 'To be erased', { conversationId: 'c3' }));
  await log.nameListed('c1', [sighting(messageDigest, 'm0', 'Only listed'), sighting(messageDigest, 'm1', 'Hello')]);
  await log.expectEcho({ conversationId: 'c1', digest: messageDigest(content('Sent')), clientMessageId: 'mine', sentAt: new Date(START) });
  await log.requests.claim({ name: 'request', input: 'input' });
  await log.requests.settle('request', { outcome: '{"done":true}', conversationId: 'c1' });
  await log.erase('c3');
}

/** What a release before the last of format 1 wrote goes on under the last one. */
export const writeOn = async (log) => {
  await log.append(message('later1', 'Hello', { at: START + 10 }));
  await log.append(message('later2', 'Hello', { at: START + 11 }));
};

const codeOf = (promise) =>
  promise.then(
    () => null,
    ({ name }) => name,
  );

/** What the log answers about it; every later release is to answer alike. */
export async function answers(opened, messageDigest) {
  const log = underFirstNames(opened);
  const read = (scope, range = {}) => log.read(scope, { limit: 100, ...range });
  const all = await read('all');
  const again = ['m1', 'm2', 'm3', 'm4', 'm5'].map((listedId) => sighting(messageDigest, listedId, 'Hello'));
  return answeredUnderFirstNames({
    origin: log.origin('all'),
    head: await (await log.head()).cursor('all'),
    all,
    afterThird: await read('all', { after: all.events[2].cursor }),
    c1: await read(c1),
    c2: await read(c2, { after: log.origin(c2) }),
    erased: await codeOf(read({ conversationId: 'c3' }, { after: log.origin({ conversationId: 'c3' }) })),
    named: await log.named('c1', 'ee1'),
    unlisted: await log.unlisted('c1', new Date(0)),
    handling: await log.handling('c1'),
    request: await log.requests.claim({ name: 'request', input: 'input' }),
    known: (await log.append(message('x1', 'To be erased', { conversationId: 'c3' }))).duplicate,
    otherConversation: await codeOf(log.append(message('e1', 'Hello', c2))),
    listed: await log.nameListed('c1', [sighting(messageDigest, 'm0', 'Only listed'), ...again]),
    onItsWay: await log.nameListed('c1', [sighting(messageDigest, 'm9', 'Sent')]),
  });
}

// What is stored in an event log of an earlier release, and what that release answers about it. Works with the `EventLog` of every release so far.
import { answeredUnderFirstNames, underFirstNames } from './releases.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** 2026-01-01T00:00:00Z. */
export const START = 1_767_225_600_000;
export const EPOCH = 'fixture-epoch';

const c1 = { conversationId: 'c1' };
const c2 = { conversationId: 'c2' };
const author = { participantId: 'a1', type: 'AGENT', name: null, language: null, removed: null };
const content = (text) => ({ author, text, attachments: [], cards: [] });
const event = (id, type, data, { conversationId = 'c1', at = START } = {}) => ({
  ...{ id, conversationId, occurredAt: new Date(at), receivedAt: new Date(at), type, data },
});
const message = (id, text, given) => event(id, 'MESSAGE_ADDED', { message: content(text), isEcho: false }, given);

/** Stores what an earlier release could have stored, in each of its tables. */
export async function tell(opened, messageDigest) {
  const log = underFirstNames(opened);
  const agent = { agentId: 'a1', name: null };
  const sighting = (listedId, text) => ({ listedId, digest: messageDigest(content(text)), createdAt: new Date(START) });
  const old = { at: START - 2 * DAY };
  await log.append(event('old1', 'INTERACTION_QUEUED', { queue: { queueId: 'q1', name: 'Support' } }, old));
  await log.append(event('old2', 'AGENT_JOINED', { agent }, { at: old.at + 5_000 }));
  await log.append(message('e1', 'Hello'));
  await log.append(message('e2', 'Hello', { at: START + 1_000 }));
  await log.append(event('e3', 'MESSAGES_READ', { reader: { participantId: 'u1', type: 'CUSTOMER' }, readAt: new Date(START) }));
  await log.append(event('e4', 'AGENT_LEFT', { agent }));
  await log.append(message('e5', 'Größe \u2713 "quoted"', { conversationId: 'c2' }));
  await log.append(message('x1', 'To be erased', { conversationId: 'c3' }));
  await log.nameListed('c1', [sighting('m1', 'Hello'), sighting('m2', 'Only listed')]);
  await log.expectEcho({ conversationId: 'c1', digest: messageDigest(content('Sent')), clientMessageId: 'mine', sentAt: new Date(START) });
  await log.requests?.claim({ name: 'request', input: 'input' });
  await log.requests?.settle('request', { outcome: '{"done":true}', conversationId: 'c1' });
  await log.expire(new Date(START - HOUR));
  await log.erase('c3');
}

const codeOf = (promise) =>
  promise.then(
    () => null,
    ({ name }) => name,
  );

/** What the log answers about it; what was made by an earlier release is to be answered alike by each later one. */
export async function answers(opened) {
  const log = underFirstNames(opened);
  const read = (scope, range = {}) => log.read(scope, { limit: 100, ...range });
  return answeredUnderFirstNames({
    origin: log.origin('all'),
    head: await (await log.head()).cursor('all'),
    all: await read('all'),
    c1: await read(c1),
    c2: await read(c2, { after: log.origin(c2) }),
    expired: await codeOf(read(c1, { after: log.origin(c1) })),
    named: await log.named('c1', 'ee1'),
    listed: await log.named('c1', 'mm2'),
    unlisted: await log.unlisted('c1', new Date(0)),
    handling: (await log.handling?.('c1')) ?? null,
    request: (await log.requests?.claim({ name: 'request', input: 'input' })) ?? null,
    erased: (await log.append(message('x1', 'To be erased', { conversationId: 'c3' }))).duplicate,
    otherConversation: await codeOf(log.append(message('e1', 'Hello', { conversationId: 'c2' }))),
  });
}

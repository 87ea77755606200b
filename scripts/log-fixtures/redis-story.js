// What is stored in an event log in Redis, and what a release answers about it. Works with the `EventLog` of every release that knows Redis.
import { answeredUnderFirstNames, underCurrentNames } from './releases.js';
import { START, HOUR, appendAll, c1, c2, content, errorName, laterEvents, message, oldEvents, registerSend } from './story-events.js';

export const PREFIX = 'fixture';
export const PARTITIONS = 2;
/** Of the messages of one text, in the order in which they were stored. */
export const SAME_TEXTS = ['e1', 'e2', 'e6', 'e7', 'e8'];

/** A sighting of a message in the upstream's history. */
export const sighting = (messageDigest, listedId, text) => ({ listedId, digest: messageDigest(content(text)), createdAt: null });

export const optionsFor = (target) => ({
  target,
  prefix: PREFIX,
  partitions: PARTITIONS,
  clock: () => START,
  storedAt: () => START * 1_000,
  retentionMs: HOUR,
});

/** Stores something under every kind of key. */
export async function write(opened, messageDigest) {
  const log = underCurrentNames(opened);
  const sameTexts = SAME_TEXTS.map((id, index) => message(id, 'Hello', { at: START + index }));
  await appendAll(log, [...oldEvents, ...sameTexts, ...laterEvents]);
  await log.identifyListedMessages('c1', [sighting(messageDigest, 'm0', 'Only listed'), sighting(messageDigest, 'm1', 'Hello')]);
  await registerSend(log, messageDigest);
  await log.requests.claim({ name: 'request', input: 'input' });
  await log.requests.settle('request', { outcome: '{"done":true}', conversationId: 'c1' });
  await log.erase('c3');
}

/** What a release before the last of format 1 wrote goes on under the last one. */
export const writeOn = async (log) => {
  await log.append(message('later1', 'Hello', { at: START + 10 }));
  await log.append(message('later2', 'Hello', { at: START + 11 }));
};

/** What the log answers about it; every later release is to answer alike. */
export async function answers(opened, messageDigest) {
  const log = underCurrentNames(opened);
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
    erased: await errorName(read({ conversationId: 'c3' }, { after: log.origin({ conversationId: 'c3' }) })),
    named: await log.findByIdentity('c1', 'ee1'),
    unlisted: await log.eventsMissingFromHistory('c1', new Date(0)),
    handling: await log.interactionMetrics('c1'),
    request: await log.requests.claim({ name: 'request', input: 'input' }),
    known: (await log.append(message('x1', 'To be erased', { conversationId: 'c3' }))).duplicate,
    otherConversation: await errorName(log.append(message('e1', 'Hello', c2))),
    listed: await log.identifyListedMessages('c1', [sighting(messageDigest, 'm0', 'Only listed'), ...again]),
    onItsWay: await log.identifyListedMessages('c1', [sighting(messageDigest, 'm9', 'Sent')]),
  });
}

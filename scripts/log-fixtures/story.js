// What is stored in an event log of an earlier release, and what that release answers about it. Works with the `EventLog` of every release so far.
import { answeredUnderFirstNames, underCurrentNames } from './releases.js';
import { START, HOUR, appendAll, c1, c2, content, errorName, laterEvents, message, oldEvents, registerSend } from './story-events.js';

export const EPOCH = 'fixture-epoch';

/** Stores what an earlier release could have stored, in each of its tables. */
export async function write(opened, messageDigest) {
  const log = underCurrentNames(opened);
  const sighting = (listedId, text) => ({ listedId, digest: messageDigest(content(text)), createdAt: new Date(START) });
  await appendAll(log, oldEvents);
  await appendAll(log, [message('e1', 'Hello'), message('e2', 'Hello', { at: START + 1_000 }), ...laterEvents]);
  await log.identifyListedMessages('c1', [sighting('m1', 'Hello'), sighting('m2', 'Only listed')]);
  await registerSend(log, messageDigest);
  await log.requests?.claim({ name: 'request', input: 'input' });
  await log.requests?.settle('request', { outcome: '{"done":true}', conversationId: 'c1' });
  await log.expire(new Date(START - HOUR));
  await log.erase('c3');
}

/** What the log answers about it; what was made by an earlier release is to be answered alike by each later one. */
export async function answers(opened) {
  const log = underCurrentNames(opened);
  const read = (scope, range = {}) => log.read(scope, { limit: 100, ...range });
  return answeredUnderFirstNames({
    origin: log.origin('all'),
    head: await (await log.head()).cursor('all'),
    all: await read('all'),
    c1: await read(c1),
    c2: await read(c2, { after: log.origin(c2) }),
    expired: await errorName(read(c1, { after: log.origin(c1) })),
    named: await log.findByIdentity('c1', 'ee1'),
    listed: await log.findByIdentity('c1', 'mm2'),
    unlisted: await log.eventsMissingFromHistory('c1', new Date(0)),
    handling: (await log.interactionMetrics?.('c1')) ?? null,
    request: (await log.requests?.claim({ name: 'request', input: 'input' })) ?? null,
    erased: (await log.append(message('x1', 'To be erased', { conversationId: 'c3' }))).duplicate,
    otherConversation: await errorName(log.append(message('e1', 'Hello', c2))),
  });
}

// The events that the stories of both engines append.
export const DAY = 86_400_000;
export const HOUR = 3_600_000;
/** 2026-01-01T00:00:00Z. */
export const START = 1_767_225_600_000;

export const c1 = { conversationId: 'c1' };
export const c2 = { conversationId: 'c2' };
export const agent = { agentId: 'a1', name: null };

const author = { participantId: 'a1', type: 'AGENT', name: null, language: null, removed: null };

export const content = (text) => ({ author, text, attachments: [], cards: [] });

export const event = (id, type, data, { conversationId = 'c1', at = START } = {}) => {
  const time = new Date(at);
  return { id, conversationId, occurredAt: time, receivedAt: time, source: 'WEBHOOK', type, data };
};

export const message = (id, text, options) => event(id, 'MESSAGE_ADDED', { message: content(text), isEcho: false }, options);

const TWO_DAYS_AGO = START - 2 * DAY;
/** Of an interaction that is older than what is retained. */
export const oldEvents = [
  event('old1', 'INTERACTION_QUEUED', { queue: { queueId: 'q1', name: 'Support' } }, { at: TWO_DAYS_AGO }),
  event('old2', 'AGENT_JOINED', { agent }, { at: TWO_DAYS_AGO + 5_000 }),
];
/** What follows the messages of one text. */
export const laterEvents = [
  event('e3', 'MESSAGES_READ', { reader: { participantId: 'u1', type: 'CUSTOMER' }, readAt: new Date(START) }),
  event('e4', 'AGENT_LEFT', { agent }),
  message('e5', 'Größe \u2713 "quoted"', c2),
  message('x1', 'To be erased', { conversationId: 'c3' }),
];

/** Appends events, one after the other. */
export async function appendAll(log, events) {
  for (const one of events) await log.append(one);
}

/** Registers a send whose echo has not arrived. */
export const registerSend = (log, messageDigest) =>
  log.registerPendingSend({ ...c1, digest: messageDigest(content('Sent')), clientMessageId: 'mine', sentAt: new Date(START) });

/** The name of the error with which it rejects; null if it does not. */
export const errorName = (promise) =>
  promise.then(
    () => null,
    ({ name }) => name,
  );

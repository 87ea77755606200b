import { scopeOf } from '../events/port/cursor.js';
import type { EventLog } from '../events/port/event-log.js';
import type { StoredEvent } from '../events/port/stored-event.js';
import type { DeadLetter } from '../events/port/sink-store.js';
import type { EventType } from '../domain/event.js';
import type { Deliver, Outcome } from './deliver.js';

/** Letters taken at a time. */
const BATCH = 20;
const PAGE = 500;
/** Later than any attempt that would wait for data to be complete. */
const LAST_ATTEMPT = 1_000;

export interface ResendOptions {
  readonly sink: string;
  readonly log: Pick<EventLog, 'read' | 'sinks'>;
  readonly deliver: Deliver;
  readonly clock: () => number;
  readonly isStopped: () => boolean;
  readonly onOutcome: (outcome: Outcome, eventId: string) => void;
}

/** Sends the dead letters again that the operator has requested, each once. What fails stays a dead letter; what is no longer stored is removed. */
export async function resendDeadLetters(options: ResendOptions): Promise<void> {
  const { sink, log, isStopped } = options;
  while (!isStopped()) {
    const letters = await log.sinks.takeRequested(sink, BATCH);
    if (letters.length === 0) return;
    for (const letter of letters) await resend(options, letter);
  }
}

async function resend({ sink, log, deliver, clock, onOutcome }: ResendOptions, letter: DeadLetter): Promise<void> {
  const stored = await findEvent(log, letter);
  const outcome: Outcome = stored === null ? { kind: 'skipped' } : await deliver(stored, LAST_ATTEMPT);
  if (outcome.kind === 'failed' || outcome.kind === 'gone') {
    const { reason } = outcome.failure;
    await log.sinks.addDeadLetter(sink, { ...letter, failedAt: new Date(clock()), attempts: letter.attempts + 1, reason });
  } else await log.sinks.removeDeadLetter(sink, letter.eventId);
  onOutcome(outcome, letter.eventId);
}

/** Finds an event of which only the id is known. Null if it is no longer stored. */
async function findEvent(log: Pick<EventLog, 'read'>, letter: DeadLetter): Promise<StoredEvent | null> {
  const scope = scopeOf(letter);
  const types = [letter.type as EventType];
  for (let before: string | undefined; ;) {
    const page = await log.read(scope, { limit: PAGE, types, fromEnd: true, ...(before === undefined ? {} : { before }) });
    const found = page.events.find(({ event }) => event.id === letter.eventId);
    if (found !== undefined) return found;
    before = page.events[0]?.cursor;
    if (!page.hasMore || before === undefined) return null;
  }
}

import type { HealingDecision } from '../../../src/domain/healing.js';
import type { EventLog, HealingEvent, HealingOutcome } from '../../../src/events/port/event-log.js';

/** A listed message that is overdue, with its event. */
export interface Overdue extends HealingEvent {
  readonly since: Date | null;
}

/** Heals one message. */
export async function healOne(log: Pick<EventLog, 'heal'>, { since, ...message }: Overdue): Promise<HealingOutcome> {
  const [outcome] = await Promise.all(log.heal({ conversationId: message.event.conversationId, since, messages: [message] }));
  if (outcome === undefined) throw new Error('one message has no outcome');
  return outcome;
}

/** Heals messages of the conversation `c1` together. */
export const healAll = (log: Pick<EventLog, 'heal'>, messages: readonly Overdue[], since: Date | null = null): Promise<HealingOutcome[]> =>
  Promise.all(log.heal({ conversationId: 'c1', since, messages }));

/** What is to be done about messages of the conversation `c1`. */
export const decideAll = (
  log: Pick<EventLog, 'decideHealing'>,
  messages: readonly Overdue[],
  since: Date | null = null,
): Promise<readonly HealingDecision[]> =>
  log.decideHealing({
    conversationId: 'c1',
    since,
    messages: messages.map(({ listedId, event }) => ({ listedId, createdAt: event.occurredAt, content: event.data.message })),
  });

/** What is to be done about one message of the conversation `c1`. */
export async function decideOne(log: Pick<EventLog, 'decideHealing'>, overdue: Overdue): Promise<HealingDecision | undefined> {
  return (await decideAll(log, [overdue], overdue.since))[0];
}

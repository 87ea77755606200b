import type { ConversationEvent } from './event.js';
import type { InteractionEndReason } from './events/event-table.js';
import { occurrenceTimes } from './occurrence-times.js';
import { project } from './projection.js';
import type { StateEvent } from './projection.js';

const CAUSES = ['CUSTOMER_LEFT', 'AGENT_LEFT'] as const satisfies readonly InteractionEndReason[];

/**
 * Why an interaction ended, by all events known now: a late event corrects the reason that was stored with `INTERACTION_ENDED`. Only events before the end and
 * after the last `AGENT_JOINED` count. `CUSTOMER_LEFT` wins over `AGENT_LEFT`, since the agent is released when the customer leaves.
 */
export function endReason(ended: ConversationEvent<'INTERACTION_ENDED'>, events: readonly StateEvent[]): InteractionEndReason {
  const findTime = occurrenceTimes(events);
  const end = ended.occurredAt.getTime();
  const opens = ({ id, type }: StateEvent) => type === 'AGENT_JOINED' || (type === 'INTERACTION_ENDED' && id !== ended.id);
  const before = events.filter((event) => findTime(event) <= end);
  const start = Math.max(...before.filter(opens).map(findTime));
  const causes = project(before).endCauses.filter((cause) => findTime(cause) > start);
  const stored = CAUSES.indexOf(ended.data.reason as (typeof CAUSES)[number]);
  return CAUSES.find((reason, rank) => rank === stored || causes.some(({ type }) => type === reason)) ?? 'OTHER';
}

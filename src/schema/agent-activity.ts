import { createUnionType } from 'type-graphql';
import { EVENT_TABLE, EVENT_TYPES } from '../domain/events/event-table.js';
import type { EventTypeWith } from '../domain/events/event-table.js';
import { EVENT_OBJECT_TYPES } from './event-object-types.js';

type AgentActivityType = EventTypeWith<'isAgentActivity', true>;

/** The event types whose objects are members of the union. */
export const AGENT_ACTIVITY_TYPES = EVENT_TYPES.filter((type): type is AgentActivityType => EVENT_TABLE[type].isAgentActivity);

export const AgentActivity = createUnionType({
  name: 'AgentActivity',
  description: 'Events that a customer-facing UI shows while the customer waits for an agent.',
  types: () => AGENT_ACTIVITY_TYPES.map((type) => EVENT_OBJECT_TYPES[type]),
  resolveType: (value: { __typename: string }) => value.__typename,
});

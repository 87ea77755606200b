import { Extensions } from 'type-graphql';

/** Of a field whose value depends on who asks, whatever its rights: viewers do not share the results of subscriptions that select it. */
export const Personal = () => Extensions({ isPersonal: true });

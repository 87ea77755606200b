import { registerEnumType } from 'type-graphql';
import type { EventSource as Source } from '../domain/event.js';

export const EventSource: { readonly [S in Source]: S } = {
  WEBHOOK: 'WEBHOOK',
  GATEWAY: 'GATEWAY',
  HISTORY: 'HISTORY',
};

registerEnumType(EventSource, {
  name: 'EventSource',
  description: 'Where an event is from.',
  valuesConfig: {
    WEBHOOK: { description: 'A webhook of the contact centre.' },
    GATEWAY: { description: 'This gateway: the echo of its own call, or the settled end of an interaction.' },
    HISTORY: { description: "The contact centre's history, since no webhook arrived." },
  },
});

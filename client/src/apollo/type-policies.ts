import type { PossibleTypesMap, TypePolicies } from '@apollo/client/cache';
import generated from '../generated/possible-types.js';
import { connectionPolicy } from './connection-policy.js';
import { inboxPolicy } from './inbox-policy.js';

/** Which types an interface or a union stands for, so that fragments on it match. */
export const possibleTypes: PossibleTypesMap = generated.possibleTypes;

/** What Apollo Client's cache needs to know of this schema: which lists are read in pages. */
export const typePolicies: TypePolicies = {
  Query: { fields: { inbox: inboxPolicy() } },
  Conversation: {
    fields: {
      messages: connectionPolicy(['interactionId']),
      events: connectionPolicy(['types']),
      interactions: connectionPolicy(),
    },
  },
  Interaction: { fields: { messages: connectionPolicy() } },
  // The same card's id differs, or is missing, in events; it belongs to its message.
  Card: { keyFields: false },
  // It has no id; queries select different fields of it.
  Customer: { merge: true },
};

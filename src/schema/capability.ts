import { registerEnumType } from 'type-graphql';

export const Capability = {
  ATTACHMENTS: 'ATTACHMENTS',
  CARDS: 'CARDS',
  TYPING: 'TYPING',
  THINKING: 'THINKING',
  READ_RECEIPTS: 'READ_RECEIPTS',
  ASSIGNMENT: 'ASSIGNMENT',
  UPDATE_CONVERSATION: 'UPDATE_CONVERSATION',
  RETURN_TO_BOT: 'RETURN_TO_BOT',
  MESSAGE_TRANSLATION: 'MESSAGE_TRANSLATION',
  MESSAGE_LOOKUP: 'MESSAGE_LOOKUP',
  FILTER_BY_STATE: 'FILTER_BY_STATE',
  FILTER_BY_PROPERTY: 'FILTER_BY_PROPERTY',
  ORDER_BY_CREATION: 'ORDER_BY_CREATION',
} as const;

registerEnumType(Capability, {
  name: 'Capability',
  description: 'What an upstream may or may not be able to do.',
});

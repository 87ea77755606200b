import { registerEnumType } from 'type-graphql';

export const ConversationOrderField = {
  CREATED_AT: 'CREATED_AT',
} as const;

registerEnumType(ConversationOrderField, {
  name: 'ConversationOrderField',
  description: 'Field by which conversations can be sorted.',
  valuesConfig: {
    CREATED_AT: { description: 'Creation time. Requires the capability ORDER_BY_CREATION.' },
  },
});

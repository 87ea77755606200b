import { registerEnumType } from 'type-graphql';

export const ConversationOrderField = {
  CREATED_AT: 'CREATED_AT',
} as const;

registerEnumType(ConversationOrderField, {
  name: 'ConversationOrderField',
  description: 'By what conversations can be ordered.',
  valuesConfig: { CREATED_AT: { description: 'When it was created. Needs the capability ORDER_BY_CREATION.' } },
});

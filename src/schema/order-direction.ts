import { registerEnumType } from 'type-graphql';

export const OrderDirection = {
  ASC: 'ASC',
  DESC: 'DESC',
} as const;

registerEnumType(OrderDirection, {
  name: 'OrderDirection',
  description: 'Sort direction.',
  valuesConfig: {
    ASC: { description: 'Ascending: smallest or earliest first.' },
    DESC: { description: 'Descending: largest or latest first.' },
  },
});

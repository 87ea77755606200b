import { registerEnumType } from 'type-graphql';

export const OrderDirection = {
  ASC: 'ASC',
  DESC: 'DESC',
} as const;

registerEnumType(OrderDirection, { name: 'OrderDirection', description: 'ASC: the least, or the earliest, first.' });

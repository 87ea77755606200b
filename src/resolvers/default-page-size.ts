import { Extensions } from 'type-graphql';

/** How many items a connection returns if neither `first` nor `last` is set, for the cost of a query. */
export const DefaultPageSize = (defaultPageSize: number) => Extensions({ defaultPageSize });

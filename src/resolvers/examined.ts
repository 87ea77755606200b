import { Extensions } from 'type-graphql';

/** What a field may examine for one answer if it filters, for the cost of a query. */
export interface Examined {
  /** It filters if one of these arguments is set. */
  readonly filters: readonly string[];
  /** What examining costs then, in objects of an answer. */
  readonly cost: number;
}

/** A field whose filters examine more than they find. */
export const Examines = (examined: Examined) => Extensions({ examined });

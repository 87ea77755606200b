/**
 * Options of an `LRUCache` that keeps so many entries. With the option `max` it would allocate room for all of them when it is made: 216 KB for 10,000, however few it ever holds.
 */
export const entryLimit = (entries: number): { readonly maxSize: number; readonly sizeCalculation: () => number } => ({
  maxSize: entries,
  sizeCalculation: () => 1,
});

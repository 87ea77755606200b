/** Characters of a digest that are stored: 66 bits, since only messages within seconds of each other in one conversation are compared. */
const LENGTH = 11;

/** A digest as it is stored. */
export const shortDigest = (digest: string): string => digest.slice(0, LENGTH);

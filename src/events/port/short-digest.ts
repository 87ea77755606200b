/** Characters of a digest that are stored: 66 bits, since only messages within seconds of each other in one conversation are compared. */
export const SHORT_DIGEST_LENGTH = 11;

/** A digest as it is stored. */
export const shortDigest = (digest: string): string => digest.slice(0, SHORT_DIGEST_LENGTH);

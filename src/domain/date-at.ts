/** The years 0 to 9999: what RFC 3339 can write. */
const EARLIEST_MS = -62_167_219_200_000;
const LATEST_MS = 253_402_300_799_999;

/** The date at some epoch milliseconds; null where RFC 3339 cannot write it, which a `Date` may hold all the same. */
export function dateAt(epochMs: number): Date | null {
  return epochMs >= EARLIEST_MS && epochMs <= LATEST_MS ? new Date(epochMs) : null;
}

/** The years 0 to 9999, the range of RFC 3339. */
const EARLIEST_MS = -62_167_219_200_000;
const LATEST_MS = 253_402_300_799_999;

/** The date at `epochMs`; null outside the range of RFC 3339, which a `Date` exceeds. */
export function dateAt(epochMs: number): Date | null {
  return epochMs >= EARLIEST_MS && epochMs <= LATEST_MS ? new Date(epochMs) : null;
}

/**
 * One row, see `port/healing-marks.ts`. `alive`: the last heartbeat; `gap_from`, `gap_to`: the gap that is not looked into completely
 * yet. Epoch milliseconds.
 */
export const HEALING_TABLE = `
  CREATE TABLE IF NOT EXISTS healing (id INTEGER PRIMARY KEY CHECK (id = 1), alive INTEGER NOT NULL, gap_from INTEGER, gap_to INTEGER);
`;

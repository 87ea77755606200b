/** A recipe's waits, a fiftieth of what they are by default; what stands in a test is scaled alike. */
export const TIMING = { firstWaitMs: 20, maxWaitMs: 400, pingAfterMs: 300, answerWithinMs: 600, silentMs: 1_200 };

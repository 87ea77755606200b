export const TIMEOUT_FACTOR: number;

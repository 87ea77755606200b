// For any GraphQL client; `./apollo` is for Apollo Client, `./documents` holds the typed operations.
export { connect } from './connect.js';
export type { ConnectOptions } from './connect.js';
export { exponentialBackoff } from './backoff.js';
export type { Backoff } from './backoff.js';
export { follow } from './follow.js';
export type { EventStep, FollowOptions, SnapshotStep, Step } from './follow.js';
export { codesOf, RefusedError } from './error-classification.js';
export { request } from './request.js';

// For users of Apollo Client 4.
export { apolloSource } from './apollo-source.js';
export type { ApolloSourceOptions } from './apollo-source.js';
export { applyEvent } from './apply-event.js';
export { applyInboxChange } from './apply-inbox-change.js';
export { ResumableLink } from './resumable-link.js';
export type { ResumableLinkOptions } from './resumable-link.js';
export { possibleTypes, typePolicies } from './type-policies.js';

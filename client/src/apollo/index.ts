// For users of Apollo Client 4.
export { applyEvent } from './apply-event.js';
export { ResumableLink } from './resumable-link.js';
export type { ResumableLinkOptions } from './resumable-link.js';
export { possibleTypes, typePolicies } from './type-policies.js';

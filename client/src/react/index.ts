// For React 18 and later; needs no other GraphQL client. With Apollo Client, pass `apolloSource` of `../apollo` as the source.
export { ConversationProvider, useConversationSource } from './provider.js';
export { useConversation } from './use-conversation.js';
export type { ConversationHandle } from './use-conversation.js';

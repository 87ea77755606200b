import { createUnionType } from 'type-graphql';
import { AgentJoined } from './agent-joined.js';
import { AgentLeft } from './agent-left.js';
import { ConversationTransferred } from './conversation-transferred.js';
import { InteractionEnded } from './interaction-ended.js';
import { InteractionQueued } from './interaction-queued.js';
import { TypingChanged } from './typing-changed.js';

export const AgentActivity = createUnionType({
  name: 'AgentActivity',
  description: 'Events that a customer-facing UI shows while the customer waits for an agent.',
  types: () => [InteractionQueued, AgentJoined, AgentLeft, ConversationTransferred, InteractionEnded, TypingChanged] as const,
  resolveType: (value: { __typename: string }) => value.__typename,
});

import { createUnionType } from 'type-graphql';
import type { ClassType } from 'type-graphql';
import { Agent } from '../agent.js';
import { Attachment } from '../attachment.js';
import { Channel } from '../channel.js';
import { Conversation } from '../conversation.js';
import type { NodeType } from '../global-id.js';
import { Interaction } from '../interaction.js';
import { Message } from '../message.js';
import type { Node } from '../node.js';
import { Participant } from '../participant.js';
import { Webhook } from '../webhook.js';

interface EntityType {
  readonly type: ClassType<Node & { readonly __typename: NodeType }>;
  /** Selections of the fields that identify an entity, as in `@key(fields: …)`. */
  readonly keys: readonly string[];
}

/** Every type of node is an entity: other subgraphs may refer to it by one of its keys, and add fields to it. */
export const ENTITIES: Readonly<Record<NodeType, EntityType>> = {
  Conversation: { type: Conversation, keys: ['id', 'conversationId'] },
  Message: { type: Message, keys: ['id'] },
  Interaction: { type: Interaction, keys: ['id'] },
  Participant: { type: Participant, keys: ['id'] },
  Agent: { type: Agent, keys: ['id'] },
  Attachment: { type: Attachment, keys: ['id'] },
  Channel: { type: Channel, keys: ['id'] },
  Webhook: { type: Webhook, keys: ['id'] },
};

export const Entity = createUnionType({
  name: '_Entity',
  description: 'Any entity of this subgraph. Defined by Apollo Federation.',
  types: () => Object.values(ENTITIES).map(({ type }) => type),
  resolveType: (value) => value.__typename,
});

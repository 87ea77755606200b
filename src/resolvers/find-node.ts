import type { GraphQLResolveInfo } from 'graphql';
import { NODE_RULES } from '../auth/rules.js';
import type { RequestContext } from '../context/request-context.js';
import { fromGlobalId } from '../schema/global-id.js';
import type { NodeType } from '../schema/global-id.js';
import type { Node } from '../schema/node.js';
import { readAhead } from './read-ahead.js';
import { toAgent, toAttachment, toChannel, toConversation, toInteraction, toMessage, toParticipant, toWebhook } from './to-graphql.js';

type Fetch = (context: RequestContext, ...parts: string[]) => Promise<Node | null>;

/** How each type of node is fetched by the parts of its global id. */
const FETCH: Partial<Record<NodeType, Fetch>> = {
  Conversation: async ({ loaders }, id = '') => ((await loaders.conversation.load(id)) === null ? null : toConversation(id)),
  Message: async ({ loaders }, conversationId = '', key = '') => {
    const message = await loaders.messages.byKey(conversationId, key);
    return message === null ? null : toMessage(message);
  },
  Interaction: async ({ loaders }, conversationId = '', id = '') => {
    const record = (await loaders.interactions.load(conversationId)).find(({ interactionId }) => interactionId === id);
    return record === undefined ? null : toInteraction(conversationId, record);
  },
  Participant: async ({ loaders }, conversationId = '', type = '', id = '') => {
    const record = (await loaders.participants.load(conversationId)).find((one) => one.type === type && one.participantId === id);
    return record === undefined ? null : toParticipant(conversationId, record);
  },
  // The upstream has no call for an agent; the id is all there is.
  Agent: (_context, agentId = '') => Promise.resolve(toAgent({ agentId, name: null })),
  Attachment: async ({ loaders }, conversationId = '', id = '') => {
    const record = (await loaders.attachments.load(conversationId)).find(({ attachmentId }) => attachmentId === id);
    return record === undefined ? null : toAttachment(conversationId, record);
  },
  Channel: async ({ loaders }, id = '') => {
    const record = await loaders.channel.load(id);
    return record === null ? null : toChannel(record);
  },
  Webhook: async ({ loaders }, id = '') => {
    const record = await loaders.webhook.load(id);
    return record === null ? null : toWebhook(record);
  },
};

/** The node with this global id, each type by its own rule. Null if it does not exist or the viewer may not see it. */
export async function findNode(id: string, context: RequestContext, info: GraphQLResolveInfo): Promise<Node | null> {
  const global = fromGlobalId(id);
  if (global === null) return null;
  const canView = context.canViewNode(global.type, global.parts);
  const [outermost = ''] = global.parts;
  if (canView !== false && NODE_RULES[global.type] === 'CONVERSATION')
    readAhead(context, info, outermost, info.schema.getType(global.type));
  return (await canView) ? ((await FETCH[global.type]?.(context, ...global.parts)) ?? null) : null;
}

import type { ViewerRole } from './viewer.js';

/**
 * Who may use a field.
 * PUBLIC: no token is needed. AUTHENTICATED: any token. SERVICES, ADMINS: a service's token or an admin's; an admin's alone. CONVERSATION: one must see the conversation
 * that the arguments name. CONVERSATIONS: each gets its own. OWN_CREATION: customers create for themselves only. NODE: as `NODE_RULES` has it for each id.
 */
export type Rule = 'PUBLIC' | 'AUTHENTICATED' | 'SERVICES' | 'ADMINS' | 'CONVERSATION' | 'CONVERSATIONS' | 'OWN_CREATION' | 'NODE';

/**
 * Who may do what: every field of the root types, and those fields below them which show more than what led there. A root field that is missing here is denied to everybody.
 */
export const RULES: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  Query: {
    node: 'NODE',
    nodes: 'NODE',
    conversation: 'CONVERSATION',
    conversations: 'CONVERSATIONS',
    inbox: 'CONVERSATIONS',
    interaction: 'CONVERSATION',
    message: 'CONVERSATION',
    // Bots hand conversations over by them.
    channel: 'SERVICES',
    channels: 'SERVICES',
    queues: 'SERVICES',
    webhook: 'ADMINS',
    webhooks: 'ADMINS',
    viewer: 'PUBLIC',
    gateway: 'AUTHENTICATED',
    eventFeed: 'SERVICES',
    // With FEDERATION=true. What a router composes from shows as much as introspection does.
    _service: 'SERVICES',
    _entities: 'NODE',
  },
  Mutation: {
    createConversation: 'OWN_CREATION',
    updateConversation: 'CONVERSATION',
    leaveConversation: 'CONVERSATION',
    sendMessage: 'CONVERSATION',
    sendTyping: 'CONVERSATION',
    markRead: 'CONVERSATION',
    submitCard: 'CONVERSATION',
    executeCard: 'CONVERSATION',
    createAttachmentUpload: 'CONVERSATION',
    // What a bot does.
    sendThinking: 'SERVICES',
    scheduleReturnToBot: 'SERVICES',
    issueCustomerToken: 'SERVICES',
    eraseConversation: 'SERVICES',
    createChannel: 'ADMINS',
    updateChannel: 'ADMINS',
    deleteChannel: 'ADMINS',
    createWebhook: 'ADMINS',
    updateWebhook: 'ADMINS',
    deleteWebhook: 'ADMINS',
    verifyWebhook: 'ADMINS',
  },
  Subscription: {
    conversationEvents: 'CONVERSATION',
    messageAdded: 'CONVERSATION',
    agentActivity: 'CONVERSATION',
    allConversationEvents: 'SERVICES',
    inboxChanged: 'CONVERSATIONS',
  },
  Conversation: { channel: 'SERVICES' },
  Channel: { webhook: 'ADMINS' },
  Gateway: { latestCursor: 'SERVICES' },
};

/** Which nodes may be fetched by their id alone. CONVERSATION: of the conversation that the id names first. A type that is missing here is denied to everybody. */
export const NODE_RULES: Readonly<Record<string, Rule>> = {
  Conversation: 'CONVERSATION',
  Message: 'CONVERSATION',
  Interaction: 'CONVERSATION',
  Participant: 'CONVERSATION',
  Attachment: 'CONVERSATION',
  // Customers see the agents of their conversations there.
  Agent: 'SERVICES',
  Channel: 'SERVICES',
  Webhook: 'ADMINS',
};

/** Whether a role is enough for a rule, as far as the role decides. */
export function isRoleEnough(rule: Rule | undefined, role: ViewerRole): boolean {
  switch (rule) {
    case undefined:
      return false;
    case 'PUBLIC':
      return true;
    case 'SERVICES':
      return role === 'SERVICE' || role === 'ADMIN';
    case 'ADMINS':
      return role === 'ADMIN';
    case 'AUTHENTICATED':
    case 'CONVERSATION':
    case 'CONVERSATIONS':
    case 'OWN_CREATION':
    case 'NODE':
      return role !== 'ANONYMOUS';
  }
}

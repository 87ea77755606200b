import { registerEnumType } from 'type-graphql';

export const ConversationEventType = {
  INTERACTION_QUEUED: 'INTERACTION_QUEUED',
  AGENT_JOINED: 'AGENT_JOINED',
  AGENT_LEFT: 'AGENT_LEFT',
  CONVERSATION_TRANSFERRED: 'CONVERSATION_TRANSFERRED',
  INTERACTION_ENDED: 'INTERACTION_ENDED',
  CUSTOMER_JOINED: 'CUSTOMER_JOINED',
  CUSTOMER_LEFT: 'CUSTOMER_LEFT',
  MESSAGE_ADDED: 'MESSAGE_ADDED',
  TYPING_CHANGED: 'TYPING_CHANGED',
  MESSAGES_READ: 'MESSAGES_READ',
  CONVERSATION_UPDATED: 'CONVERSATION_UPDATED',
  CARD_ACTION_INVOKED: 'CARD_ACTION_INVOKED',
  QUICK_REPLY_CHOSEN: 'QUICK_REPLY_CHOSEN',
  CHANNEL_ACTIVITY: 'CHANNEL_ACTIVITY',
  UNRECOGNIZED: 'UNRECOGNIZED',
} as const;

registerEnumType(ConversationEventType, {
  name: 'ConversationEventType',
  description: 'Type of a conversation event; each value has an object type of its own.',
  valuesConfig: {
    INTERACTION_QUEUED: { description: 'See `InteractionQueued`: the conversation waits in a queue.' },
    AGENT_JOINED: { description: 'See `AgentJoined`: an agent accepted the conversation.' },
    AGENT_LEFT: { description: 'See `AgentLeft`: an agent left the conversation.' },
    CONVERSATION_TRANSFERRED: { description: 'See `ConversationTransferred`: the agent transferred the conversation to another queue.' },
    INTERACTION_ENDED: { description: 'See `InteractionEnded`: the interaction ended.' },
    CUSTOMER_JOINED: { description: 'See `CustomerJoined`: the customer joined the conversation.' },
    CUSTOMER_LEFT: { description: 'See `CustomerLeft`: the customer left the conversation.' },
    MESSAGE_ADDED: { description: 'See `MessageAdded`: a participant sent a message.' },
    TYPING_CHANGED: { description: 'See `TypingChanged`: a participant started or stopped typing.' },
    MESSAGES_READ: { description: 'See `MessagesRead`: a participant read the messages.' },
    CONVERSATION_UPDATED: { description: "See `ConversationUpdated`: the upstream changed the conversation's data." },
    CARD_ACTION_INVOKED: { description: 'See `CardActionInvoked`: a participant used an Adaptive Card.' },
    QUICK_REPLY_CHOSEN: { description: 'See `QuickReplyChosen`: the customer chose a quick reply.' },
    CHANNEL_ACTIVITY: { description: 'See `ChannelActivity`: a channel-specific activity.' },
    UNRECOGNIZED: { description: 'See `UnrecognizedEvent`: an event of a type that this gateway does not know.' },
  },
});

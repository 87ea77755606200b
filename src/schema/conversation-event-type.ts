import { registerEnumType } from 'type-graphql';
import type { EventType } from '../domain/event.js';
import { EVENT_TYPES } from '../domain/events/event-table.js';

export const ConversationEventType = Object.fromEntries(EVENT_TYPES.map((type) => [type, type])) as { readonly [K in EventType]: K };

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

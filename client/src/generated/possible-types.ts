
      export type PossibleTypesResultData = {
  "possibleTypes": {
    "AgentActivity": [
      "AgentJoined",
      "AgentLeft",
      "ConversationTransferred",
      "InteractionEnded",
      "InteractionQueued",
      "TypingChanged"
    ],
    "ConversationEvent": [
      "AgentJoined",
      "AgentLeft",
      "CardActionInvoked",
      "ChannelActivity",
      "ConversationTransferred",
      "ConversationUpdated",
      "CustomerJoined",
      "CustomerLeft",
      "InteractionEnded",
      "InteractionQueued",
      "MessageAdded",
      "MessagesRead",
      "QuickReplyChosen",
      "TypingChanged",
      "UnrecognizedEvent"
    ],
    "Node": [
      "Agent",
      "Attachment",
      "Channel",
      "Conversation",
      "Interaction",
      "Message",
      "Participant",
      "Webhook"
    ]
  }
};
      const result: PossibleTypesResultData = {
  "possibleTypes": {
    "AgentActivity": [
      "AgentJoined",
      "AgentLeft",
      "ConversationTransferred",
      "InteractionEnded",
      "InteractionQueued",
      "TypingChanged"
    ],
    "ConversationEvent": [
      "AgentJoined",
      "AgentLeft",
      "CardActionInvoked",
      "ChannelActivity",
      "ConversationTransferred",
      "ConversationUpdated",
      "CustomerJoined",
      "CustomerLeft",
      "InteractionEnded",
      "InteractionQueued",
      "MessageAdded",
      "MessagesRead",
      "QuickReplyChosen",
      "TypingChanged",
      "UnrecognizedEvent"
    ],
    "Node": [
      "Agent",
      "Attachment",
      "Channel",
      "Conversation",
      "Interaction",
      "Message",
      "Participant",
      "Webhook"
    ]
  }
};
      export default result;
    
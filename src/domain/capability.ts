export type UpstreamKind = 'CHAT_GATEWAY_V1' | 'CHAT_API_V2';

/** What an upstream may or may not be able to do. */
export type Capability =
  | 'ATTACHMENTS'
  | 'CARDS'
  | 'TYPING'
  | 'THINKING'
  | 'READ_RECEIPTS'
  | 'ASSIGNMENT'
  | 'UPDATE_CONVERSATION'
  | 'RETURN_TO_BOT'
  | 'MESSAGE_TRANSLATION'
  | 'MESSAGE_LOOKUP'
  | 'FILTER_BY_STATE'
  | 'FILTER_BY_PROPERTY'
  | 'ORDER_BY_CREATION'
  /** Every message in the history has its time; else those of which events told. */
  | 'MESSAGE_TIMES'
  /** Participants tell whether the customer or the bot has left. */
  | 'CUSTOMER_PRESENCE'
  /** Channels tell their type; else all are of the chat API's. */
  | 'CHANNEL_TYPES'
  /** Events name agents by more than their ids. */
  | 'AGENT_NAMES';

export type UpstreamKind = 'CHAT_GATEWAY_V1' | 'CHAT_API_V2';

/** An operation or a piece of data that not every upstream supports. */
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
  /** Every message in the history has its time; without it only messages with an event have one. */
  | 'MESSAGE_TIMES'
  /** Participants show whether the customer or the bot has left. */
  | 'CUSTOMER_PRESENCE'
  /** Channels have a type; without it all are `CHAT_API`. */
  | 'CHANNEL_TYPES'
  /** Events carry agents' names besides their ids. */
  | 'AGENT_NAMES'
  /** The history's messages can be distinguished and have times, so that those are found which no event has reported. */
  | 'HEALING';

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
  | 'ORDER_BY_CREATION';

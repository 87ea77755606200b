import { connectionType } from './connection.js';
import { Conversation } from './conversation.js';

export const ConversationConnection = connectionType('Conversation', () => Conversation);

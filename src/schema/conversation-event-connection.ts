import { connectionType } from './connection.js';
import { ConversationEvent } from './conversation-event.js';

export const ConversationEventConnection = connectionType('ConversationEvent', () => ConversationEvent);

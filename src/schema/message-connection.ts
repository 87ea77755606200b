import { connectionType } from './connection.js';
import { Message } from './message.js';

export const MessageConnection = connectionType('Message', () => Message);

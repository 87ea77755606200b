import { connectionType } from './connection.js';
import { Webhook } from './webhook.js';

export const WebhookConnection = connectionType('Webhook', () => Webhook);

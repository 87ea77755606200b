import type { Sender } from '../chat-api.js';

/** What the contract calls those as whom we write. */
export const AUTHOR_TYPES: Readonly<Record<Sender, string>> = { CUSTOMER: 'user', BOT: 'bot' };

import type { RequestContext } from '../context/request-context.js';
import type { MessageSender } from '../schema/message-sender.js';

/** As whom the caller writes, where he says nothing else. */
export function chooseSender({ viewer }: RequestContext, sendAs?: keyof typeof MessageSender | null): keyof typeof MessageSender {
  return sendAs ?? (viewer.role === 'CUSTOMER' ? 'CUSTOMER' : 'BOT');
}

import { NotFoundError } from '../domain/errors.js';

/** The same for a conversation that is hidden and for one that does not exist. */
export const conversationNotFound = () => new NotFoundError('There is no such conversation.');

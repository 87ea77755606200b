import { GraphQLError } from 'graphql';
import type { Logger } from '../../observability/logger.js';

/**
 * Keeps the process alive where `graphql` 16 abandons promises: once an item of a list throws synchronously, nobody waits for the items before it, and an error of
 * one of them would be an unhandled rejection, which ends a Node process. The response has the error of the item that threw. Any other unhandled rejection ends the
 * process, as without this.
 */
export function surviveAbandonedErrors(emitter: Pick<NodeJS.Process, 'on'>, logger: Logger): void {
  emitter.on('unhandledRejection', (reason) => {
    if (!(reason instanceof GraphQLError)) throw reason;
    logger.debug({ error: reason }, 'error of a field after its response');
  });
}

import { EventEmitter } from 'node:events';
import { GraphQLError } from 'graphql';
import { surviveAbandonedErrors } from '../../../../src/transport/execution/abandoned-errors.js';
import type { Logger } from '../../../../src/observability/logger.js';

const lines: unknown[] = [];
const note = (fields: object, message: string) => {
  lines.push([fields, message]);
};
const logger: Logger = { debug: note, info: note, warn: note, error: note };

it('survives an error of GraphQL, and nothing else', () => {
  const emitter = new EventEmitter();
  surviveAbandonedErrors(emitter as NodeJS.Process, logger);
  const error = new GraphQLError('no such thing');
  emitter.emit('unhandledRejection', error);
  expect(lines).toEqual([[{ error }, 'error of a field after its response']]);
  const mistake = new TypeError('a mistake of ours');
  expect(() => emitter.emit('unhandledRejection', mistake)).toThrow(mistake);
  expect(() => emitter.emit('unhandledRejection', undefined)).toThrow();
});

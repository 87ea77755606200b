import type { FastifyRequest } from 'fastify';
import { GraphQLError, OperationTypeNode, getOperationAST } from 'graphql';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { ValidDocument } from '../documents/document-cache.js';
import type { DocumentCache } from '../documents/document-cache.js';
import { acceptedFormat } from './accepted-format.js';
import { EVENT_STREAM } from './stream-format.js';
import type { StreamFormat } from './stream-format.js';

/** A subscription that was asked for over HTTP, and may be started. */
export interface RequestedSubscription {
  readonly format: StreamFormat;
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly operationName: string | undefined;
}

/**
 * Null if it asks for something else, or for something that is refused, which the handler of queries does. A POST's body is an object here only if its type is JSON, which no page
 * of another origin can send without a preflight; a GET, as `EventSource` and some executors send it, changes nothing, and its answer is unreadable for such pages.
 */
export function requestedSubscription(request: FastifyRequest, documents: DocumentCache): RequestedSubscription | null {
  const format = acceptedFormat(request.headers.accept);
  if (format === null || (request.method !== 'POST' && format !== EVENT_STREAM)) return null;
  const asked = request.method === 'POST' ? (Object(request.body) as Record<string, unknown>) : inSearch(request.url);
  if (asked === null) return null;
  const { variables, operationName } = asked;
  if (!isObjectOrNone(variables) || !(operationName == null || typeof operationName === 'string')) return null;
  const checked = documents.find(asked);
  if (!(checked instanceof ValidDocument)) return null;
  const definition = getOperationAST(checked.document, operationName);
  if (definition?.operation !== OperationTypeNode.SUBSCRIPTION) return null;
  if (documents.cost(checked, definition, variables) instanceof GraphQLError) return null;
  return { format, document: checked.document, definition, variables: variables ?? undefined, operationName: operationName ?? undefined };
}

/** The parameters of a GET; null where `variables` or `extensions` are no JSON. */
function inSearch(url: string): Record<string, unknown> | null {
  const search = new URLSearchParams(url.split('?')[1] ?? '');
  try {
    return Object.fromEntries(
      [...search].map(([name, value]) => [name, name === 'variables' || name === 'extensions' ? (JSON.parse(value) as unknown) : value]),
    );
  } catch {
    return null;
  }
}

const isObjectOrNone = (value: unknown): value is Record<string, unknown> | null | undefined =>
  value == null || (typeof value === 'object' && !Array.isArray(value));

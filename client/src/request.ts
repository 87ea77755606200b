import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import type { Client } from 'graphql-ws';
import { RefusedError } from './error-classification.js';

/**
 * Sends one query or mutation over the socket.
 *
 * @throws RefusedError if the response has errors; the connection's error if there was none
 */
export async function request<TData, TVariables extends Record<string, unknown>>(
  client: Client,
  document: TypedDocumentNode<TData, TVariables>,
  variables: TVariables,
): Promise<TData> {
  for await (const { data, errors } of client.iterate<TData>({ query: print(document), variables })) {
    if (errors !== undefined) throw new RefusedError(errors);
    if (data) return data;
  }
  throw new Error('The connection was closed before the response arrived.');
}

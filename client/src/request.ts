import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { Kind, print } from 'graphql';
import type { Client, FormattedExecutionResult } from 'graphql-ws';
import { RefusedError } from './error-classification.js';

/**
 * Sends one query or mutation.
 *
 * @throws RefusedError if the response has errors; any other error if there was no response
 */
export type Request = <TData, TVariables extends Record<string, unknown>>(
  document: TypedDocumentNode<TData, TVariables>,
  variables: TVariables,
) => Promise<TData>;

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

export interface RequestOverHttpOptions {
  /** URL of the gateway: `https://…/graphql`. */
  readonly url: string;
  /** Called for each request. Null if none is needed. */
  readonly token?: () => string | null | Promise<string | null>;
  /** Time limit for a response; default 30 s. */
  readonly answerWithinMs?: number;
}

/** Sends queries and mutations over HTTP, each with a fresh token. */
export function requestOverHttp({ url, token, answerWithinMs = 30_000 }: RequestOverHttpOptions): Request {
  return async <TData, TVariables extends Record<string, unknown>>(
    document: TypedDocumentNode<TData, TVariables>,
    variables: TVariables,
  ) => {
    const given = (await token?.()) ?? null;
    const [operation] = document.definitions;
    const operationName = operation?.kind === Kind.OPERATION_DEFINITION ? operation.name?.value : undefined;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(given === null ? {} : { authorization: `Bearer ${given}` }) },
      body: JSON.stringify({ query: print(document), operationName, variables }),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    const { data, errors } = (await response.json()) as FormattedExecutionResult<TData>;
    if (errors !== undefined) throw new RefusedError(errors);
    if (data) return data;
    throw new Error(`The gateway responded with status ${response.status}, without data.`);
  };
}

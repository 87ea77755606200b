import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import type { DocumentNode } from 'graphql';

type DocumentStore = NonNullable<ApolloServerOptions<BaseContext>['documentStore']>;

/**
 * Apollo's document store: Apollo neither parses nor validates a document that it finds there. It holds the document of each request from when the gateway has checked it until
 * Apollo reads it, so that what a request finds never depends on what other requests push out.
 */
export class DocumentHandover implements DocumentStore {
  readonly #held = new Map<string, { readonly document: DocumentNode; readers: number }>();

  /** Number of documents that Apollo has not read yet. */
  get size(): number {
    return this.#held.size;
  }

  /** Holds a document for one read. `queryHash`: Apollo's hash of the request's text. */
  put(queryHash: string, document: DocumentNode): void {
    const readers = (this.#held.get(queryHash)?.readers ?? 0) + 1;
    this.#held.set(queryHash, { document, readers });
  }

  /** Apollo's keys are the hash of the schema, a colon, and the hash of the text. */
  get(key: string): Promise<DocumentNode | undefined> {
    const queryHash = key.slice(key.lastIndexOf(':') + 1);
    const held = this.#held.get(queryHash);
    if (held === undefined) return Promise.resolve(undefined);
    held.readers -= 1;
    if (held.readers === 0) this.#held.delete(queryHash);
    return Promise.resolve(held.document);
  }

  /** Ignored: the gateway keeps its own cache of documents. */
  set(): Promise<void> {
    return Promise.resolve();
  }

  delete(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

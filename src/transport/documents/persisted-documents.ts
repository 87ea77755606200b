import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { RejectedDocument } from './document-cache.js';

/** What of a request selects its document; not validated yet. */
export interface DocumentRequest {
  /** The text itself. */
  readonly query?: unknown;
  /** The id under which it is listed: the GraphQL over HTTP appendix's name, and Relay's. */
  readonly documentId?: unknown;
  readonly docId?: unknown;
  /** `persistedQuery: { sha256Hash }`, as Apollo's clients send it. */
  readonly extensions?: unknown;
}

/** How much text is remembered of what clients registered, in characters. */
const MAX_REGISTERED = 1_048_576;

/** Finds the text of a document by what a request says of it. */
export interface DocumentSource {
  /** Null if the request names no document at all. */
  findText(request: DocumentRequest): string | RejectedDocument | null;
  /** The text was found good. */
  accepted(request: DocumentRequest, text: string): void;
}

/** Apollo's automatic persisted queries: texts are sent once, and then only their SHA-256 sums, to save bytes. It protects from nothing. */
export class AutomaticPersistedQueries implements DocumentSource {
  readonly #registered = new LRUCache<string, string>({ maxSize: MAX_REGISTERED, sizeCalculation: (text) => text.length });

  findText(request: DocumentRequest): string | RejectedDocument | null {
    const text = textIn(request);
    const sum = sumIn(request);
    if (sum === null) return text;
    if (text === null) return this.#registered.get(sum) ?? reject('PersistedQueryNotFound', 'PERSISTED_QUERY_NOT_FOUND', 200);
    return sum === sha256(text) ? text : reject('`sha256Hash` is not the SHA-256 sum of `query`.', 'BAD_REQUEST');
  }

  accepted(request: DocumentRequest, text: string): void {
    const sum = sumIn(request);
    if (sum !== null) this.#registered.set(sum, text);
  }
}

/** Only what a manifest lists is executed. */
export class TrustedDocuments implements DocumentSource {
  constructor(private readonly manifest: ReadonlyMap<string, string>) {}

  findText(request: DocumentRequest): string | RejectedDocument {
    const given = request.documentId ?? request.docId ?? sumIn(request);
    const id = typeof given === 'string' ? given.replace(/^sha256:/, '') : null;
    if (id === null || textIn(request) !== null)
      return reject('Only listed documents are executed here: send the id of one, and no text.', 'PERSISTED_QUERY_ID_REQUIRED');
    return this.manifest.get(id) ?? reject('No document is listed under this id.', 'PERSISTED_QUERY_NOT_IN_LIST');
  }

  accepted(): void {
    // There is nothing to learn.
  }
}

/**
 * The ids and texts of a manifest, of either kind: a JSON object from id to text, as the client preset of GraphQL Code Generator and Relay's compiler write it, or what
 * Apollo's tools write, `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "body", …}]}`. Throws where it is something else.
 */
export function readManifest(json: string): ReadonlyMap<string, string> {
  const manifest: unknown = JSON.parse(json);
  const listed = parseEntries(manifest);
  const texts = listed.flatMap(([id, text]) =>
    typeof id === 'string' && typeof text === 'string' ? [[id.replace(/^sha256:/, ''), text] as const] : [],
  );
  if (texts.length === 0 || texts.length < listed.length) throw new TypeError('not a manifest of documents');
  return new Map(texts);
}

function parseEntries(manifest: unknown): readonly (readonly [id: unknown, text: unknown])[] {
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) return [];
  if (!('format' in manifest)) return Object.entries(manifest);
  const { format, version, operations } = manifest as Readonly<Record<string, unknown>>;
  if (format !== 'apollo-persisted-query-manifest' || version !== 1 || !Array.isArray(operations)) return [];
  return operations.map((operation) => {
    const { id, body } = Object(operation) as Record<string, unknown>;
    return [id, body];
  });
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const textIn = ({ query }: DocumentRequest): string | null => (typeof query === 'string' && query !== '' ? query : null);

function sumIn({ extensions }: DocumentRequest): string | null {
  const { persistedQuery } = Object(extensions) as Record<string, unknown>;
  const { sha256Hash } = Object(persistedQuery) as Record<string, unknown>;
  return typeof sha256Hash === 'string' ? sha256Hash : null;
}

const reject = (message: string, code: string, status = 400): RejectedDocument => ({ errors: [new GraphQLError(message)], code, status });

import type { FieldFunctionOptions, Reference } from '@apollo/client/cache';

/** The arguments of a field, as Apollo Client passes them to a field policy. */
export type Args = FieldFunctionOptions['args'];

/** One entry of a list in the cache. */
export interface StoredEdge {
  readonly __typename?: string;
  readonly cursor?: string;
  readonly node: Reference;
  /** An event added it, and no page has listed it since. */
  readonly isLive?: true;
}

/** As the schema's `PageInfo`; what is absent is not known. */
export interface PageInfo {
  readonly __typename?: string;
  readonly hasPreviousPage?: boolean;
  readonly hasNextPage?: boolean;
  readonly startCursor?: string | null;
  readonly endCursor?: string | null;
}

/** A connection in the cache, whatever was selected of it. Without `edges`: no entry was ever read. */
export interface StoredConnection {
  readonly __typename?: string;
  readonly edges?: readonly StoredEdge[];
  readonly pageInfo?: PageInfo;
}

/** A connection in an answer: `edges`, `nodes`, both, or neither. */
export interface Page {
  readonly __typename?: string;
  readonly edges?: readonly Partial<StoredEdge>[];
  readonly nodes?: readonly Reference[];
  readonly pageInfo?: PageInfo;
}

/** Identifies an entry; a node read without its `id` equals no other. */
export const idOf = ({ node }: StoredEdge): unknown => (node as Partial<Reference>).__ref ?? node;

/** Those that pages have listed. */
export const listed = (edges: readonly StoredEdge[]): readonly StoredEdge[] => edges.filter(({ isLive }) => isLive !== true);

/** `MessageEdge`, say, of a `MessageConnection`. */
export const edgeTypeOf = ({ __typename }: Pick<StoredConnection, '__typename'>): Pick<StoredEdge, '__typename'> =>
  __typename === undefined ? {} : { __typename: __typename.replace(/Connection$/, 'Edge') };

/** The entries of a page, the first and the last with the cursors of its `pageInfo`; null where none were selected. */
export function entriesOf(connection: Page): readonly StoredEdge[] | null {
  const { edges, nodes, pageInfo } = connection;
  if (edges === undefined && nodes === undefined) return null;
  const count = edges?.length ?? nodes?.length ?? 0;
  const entries: StoredEdge[] = [];
  for (let index = 0; index < count; index += 1) {
    const edge = edges?.[index];
    const node = edge?.node ?? nodes?.[index];
    if (node === undefined) return null;
    const implied = (index === 0 ? pageInfo?.startCursor : null) ?? (index === count - 1 ? pageInfo?.endCursor : null);
    const cursor = edge?.cursor ?? implied;
    entries.push({ ...edgeTypeOf(connection), ...edge, ...(cursor == null ? {} : { cursor }), node });
  }
  return entries;
}

import type { ApolloClient } from '@apollo/client';
import { applyInboxChange } from 'chat-graphql-gateway-client/apollo';
import { InboxChangedDocument, InboxDocument, MarkReadDocument } from 'chat-graphql-gateway-client/documents';
import type { InboxFilter, InboxQuery } from 'chat-graphql-gateway-client/documents';

export interface InboxOptions {
  /** Its cache has the package's `typePolicies`; its subscriptions go over a `ResumableLink`. */
  readonly apollo: ApolloClient;
  readonly filter?: InboxFilter;
  /** Called with the list whenever it changes. */
  readonly show: (rows: InboxQuery['inbox']['nodes'], hasMore: boolean) => void;
  /** Called if retrying cannot help, for example with FORBIDDEN. */
  readonly fail: (error: unknown) => void;
}

/** A list of conversations that stays up to date, whatever happens to the connection. */
export function openInbox({ apollo, filter, show, fail }: InboxOptions) {
  const variables = { filter: filter ?? null };
  const read = async (after: string | null): Promise<string> => {
    const query = { query: InboxDocument, variables: { ...variables, after }, fetchPolicy: 'network-only' } as const;
    return (await apollo.query(query)).data?.inbox.latestCursor ?? '';
  };
  const shown = apollo.watchQuery({ query: InboxDocument, variables, fetchPolicy: 'cache-only' });
  const list = shown.subscribe(({ data, dataState }) => {
    if (dataState === 'complete') show(data.inbox.nodes, data.inbox.pageInfo.hasNextPage);
  });
  // The link reads the first page before it subscribes, and again whenever the cursor has expired.
  const context = { latestCursor: () => read(null) };
  const changes = apollo.subscribe({ query: InboxChangedDocument, variables, context }).subscribe({
    next: ({ data, error }) => {
      if (data) applyInboxChange(apollo.cache, data.inboxChanged, filter);
      else fail(error);
    },
    error: fail,
  });
  return {
    /** Extends the list at its end. */
    more: async (): Promise<void> => {
      const { dataState, data } = shown.getCurrentResult();
      if (dataState === 'complete' && data.inbox.pageInfo.hasNextPage) await read(data.inbox.pageInfo.endCursor ?? null);
    },
    /** The answer has the new count, which is how the row learns of it. */
    markRead: (conversationId: string) => apollo.mutate({ mutation: MarkReadDocument, variables: { input: { conversationId } } }),
    close: (): void => {
      changes.unsubscribe();
      list.unsubscribe();
    },
  };
}

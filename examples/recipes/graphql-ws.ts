import { createClient } from 'graphql-ws';

const QUERY = `subscription ($id: ID!, $after: String) {
  messageAdded(conversationId: $id, after: $after) { message { id text author { type } } }
}`;

interface MessageAdded {
  readonly messageAdded: { readonly message: { readonly id: string; readonly text: string | null } };
}

/** The gateway refused the subscription; coming back would not help. */
export class Refused extends Error {
  constructor(readonly errors: unknown) {
    super('The subscription was refused.');
  }
}

/** The messages of a conversation after a cursor, for ever: after a lost connection it goes on behind the last one. `token` is asked for at each connection. */
export async function* messages(url: string, id: string, cursor: string, token: () => string | undefined, webSocketImpl?: unknown) {
  for (let after = cursor; ;) {
    const client = createClient({
      url,
      webSocketImpl,
      retryAttempts: 0, // this loop comes back, and knows the cursor
      keepAlive: 12_000,
      connectionParams: () => ({ authorization: token() === undefined ? undefined : `Bearer ${String(token())}` }),
    });
    try {
      for await (const { data, errors, extensions } of client.iterate<MessageAdded, { cursor: string }>({
        query: QUERY,
        variables: { id, after },
      })) {
        if (!data?.messageAdded) throw new Refused(errors); // CURSOR_EXPIRED, say: query afresh
        yield data.messageAdded.message;
        after = extensions?.cursor ?? after;
      }
    } catch (error) {
      if (error instanceof Refused) throw error;
      if (Array.isArray(error)) throw new Refused(error); // anything else is the connection
    } finally {
      await client.dispose();
    }
    await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 500));
  }
}

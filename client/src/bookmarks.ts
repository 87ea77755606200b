import type { Client, SubscribePayload } from 'graphql-ws';

const ids = new WeakMap<SubscribePayload, string>();

/** Remembers the id with which an operation is sent. */
export function noteOperation(payload: SubscribePayload, id: string): string {
  ids.set(payload, id);
  return id;
}

/**
 * Calls `moved` with each cursor that the gateway sends without a result. Its pings carry them for subscriptions that filtered events out: `{ cursors: { [id]:
 * cursor } }`.
 *
 * @returns a function that stops it
 */
export function onBookmark(client: Client, payload: SubscribePayload, moved: (cursor: string) => void): () => void {
  return client.on('ping', (received, content) => {
    const cursors = content?.['cursors'] as Readonly<Record<string, string>> | undefined;
    const cursor = received ? cursors?.[ids.get(payload) ?? ''] : undefined;
    if (typeof cursor === 'string') moved(cursor);
  });
}

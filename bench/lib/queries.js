// The query that all GraphQL servers execute, and its load.
import { requestBytes } from './http-load.js';

/** Number of conversations in the load. */
export const CONVERSATIONS = 5_000;

export const conversationQuery = (id) => ({
  query:
    'query Conversation($id: ID!) { conversation(id: $id) { id conversationId state customer { name email } messages(last: 20) { nodes { id text createdAt author { type participantId } } pageInfo { hasPreviousPage startCursor } } } }',
  variables: { id },
});

/** Requests that cycle through thousands of conversations; their bytes are prepared once. */
export function requests(port, body) {
  const made = new Map();
  let n = 0;
  return () => {
    const index = (n++ * 7_919) % CONVERSATIONS;
    const known = made.get(index);
    if (known !== undefined) return known;
    const text = JSON.stringify(body(`c${index}`, index));
    const bytes = requestBytes({
      path: '/graphql',
      host: `127.0.0.1:${port}`,
      headers: { 'content-type': 'application/json' },
      body: text,
    });
    made.set(index, bytes);
    return bytes;
  };
}

/** Requests for conversations that nobody has asked for yet: `KIND-00000001` and so on, of one length. Each call of `next` has a new one. */
export function freshRequests(port, kind, body = conversationQuery) {
  let n = 0;
  return () => requestFor(port, body(idOf(kind, (n += 1))));
}

/** Requests that cycle through the first `count` of those conversations, in their order. */
export function cycle(port, kind, count, body = conversationQuery) {
  let n = 0;
  return () => requestFor(port, body(idOf(kind, (n++ % count) + 1)));
}

/** The id of one of a kind of conversations, from 1 on. */
export const idOf = (kind, n) => `${kind}-${String(n).padStart(8, '0')}`;

const requestFor = (port, body) =>
  requestBytes({
    path: '/graphql',
    host: `127.0.0.1:${port}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

export function check(status, body) {
  if (status !== 200 || body.includes('"errors"') || body.length < 50) throw new Error(`${status}: ${body.toString().slice(0, 300)}`);
}

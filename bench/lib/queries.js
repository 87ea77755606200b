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
    const place = (n++ * 7_919) % CONVERSATIONS;
    const known = made.get(place);
    if (known !== undefined) return known;
    const text = JSON.stringify(body(`c${place}`, place));
    const bytes = requestBytes({
      path: '/graphql',
      host: `127.0.0.1:${port}`,
      headers: { 'content-type': 'application/json' },
      body: text,
    });
    made.set(place, bytes);
    return bytes;
  };
}

export function check(status, body) {
  if (status !== 200 || body.includes('"errors"') || body.length < 50) throw new Error(`${status}: ${body.toString().slice(0, 300)}`);
}

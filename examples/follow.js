// Follows a conversation: [GATEWAY=ws://127.0.0.1:4000/graphql] [TOKEN=…] node examples/follow.js CONVERSATION_ID [CURSOR]
// From the cursor on; without one, from now on.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const { GATEWAY = 'ws://127.0.0.1:4000/graphql', TOKEN } = process.env;
const [conversationId, after = null, url = GATEWAY] = process.argv.slice(2);
if (conversationId === undefined) {
  console.error('usage: [GATEWAY=ws://…/graphql] [TOKEN=…] node examples/follow.js CONVERSATION_ID [CURSOR]');
  process.exit(2);
}

const query = /* GraphQL */ `
  subscription ($conversationId: ID!, $after: String) {
    conversationEvents(conversationId: $conversationId, after: $after) {
      __typename
      ... on InteractionQueued {
        queue {
          name
        }
      }
      ... on AgentJoined {
        agent {
          agentId
        }
      }
      ... on AgentLeft {
        endsInteraction
      }
      ... on InteractionEnded {
        reason
      }
      ... on MessageAdded {
        message {
          id
          clientMessageId
          text
          author {
            type
          }
        }
      }
      ... on TypingChanged {
        typing {
          type
        }
      }
      ... on ConversationUpdated {
        upstreamState
      }
    }
  }
`;

const latestCursor = /* GraphQL */ `
  query ($conversationId: ID!) {
    conversation(id: $conversationId) {
      latestCursor
    }
  }
`;

const textOf = ({ message, extensions }) => `${extensions?.code ?? 'ERROR'}: ${message}`;

/** Prints the errors; exits unless a retry may help. */
function report(errors) {
  console.error(errors.map(textOf).join('\n'));
  if (!errors.some(({ extensions }) => /UNAVAILABLE|BUSY|TIMEOUT|RATE_LIMITED/.test(extensions?.code))) process.exit(1);
}

/** Where the conversation's events end now, so that an outage before the first event loses none. Null if the gateway cannot say yet. */
async function findEnd(client) {
  for await (const { data, errors } of client.iterate({ query: latestCursor, variables: { conversationId } })) {
    if (errors) report(errors);
    else if (data.conversation === null) report([{ message: 'There is no such conversation.', extensions: { code: 'NOT_FOUND' } }]);
    else return data.conversation.latestCursor;
  }
  return null;
}

// Indefinitely: after a lost connection it resumes after the last event received.
let cursor = after;
for (;;) {
  let overdue;
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: TOKEN ? { authorization: `Bearer ${TOKEN}` } : {},
    retryAttempts: 0, // this loop reconnects, since it knows the cursor
    keepAlive: 15_000,
    on: {
      // No pong: the connection is dead, even if the socket seems open.
      ping: (received) => {
        if (!received) overdue = setTimeout(() => client.terminate(), 5_000);
      },
      pong: () => clearTimeout(overdue),
      closed: () => clearTimeout(overdue),
    },
  });
  try {
    cursor ??= await findEnd(client);
    if (cursor === null) throw new Error('no cursor to begin after');
    for await (const { data, errors, extensions } of client.iterate({ query, variables: { conversationId, after: cursor } })) {
      if (extensions?.cursor === undefined) {
        report(errors ?? []); // each event has a cursor, even if some of its fields failed: this is a rejection
        break;
      }
      for (const error of errors ?? []) console.error(textOf(error));
      if (data) {
        const { __typename, ...details } = data.conversationEvents;
        console.log(__typename, JSON.stringify(details), `\n  cursor ${extensions.cursor}`);
      }
      cursor = extensions.cursor;
    }
    console.error('the subscription ended, reconnecting …');
  } catch (error) {
    if (Array.isArray(error)) report(error);
    // Close codes for an invalid request or token; 4499 is terminate()'s.
    else if (error.code >= 4400 && error.code < 4499) {
      console.error(`${error.code}: ${error.reason}`);
      process.exit(1);
    } else console.error(`connection lost (${error.message || error.reason || error.code}), reconnecting …`);
  } finally {
    await client.dispose();
  }
  await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 500));
}

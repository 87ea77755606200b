// Follows a conversation: node examples/follow.js CONVERSATION_ID [CURSOR] [ws://127.0.0.1:4000/graphql]
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [conversationId, after = null, url = 'ws://127.0.0.1:4000/graphql'] = process.argv.slice(2);
if (conversationId === undefined) {
  console.error('usage: node examples/follow.js CONVERSATION_ID [CURSOR] [URL]');
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

// For ever: after a lost connection it goes on behind the last event that it has seen.
let cursor = after;
for (;;) {
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
  try {
    for await (const { data, errors, extensions } of client.iterate({ query, variables: { conversationId, after: cursor } })) {
      if (errors) console.error(errors.map(({ message }) => message).join('; '));
      if (data) {
        const { __typename, ...details } = data.conversationEvents;
        console.log(__typename, JSON.stringify(details), `\n  cursor ${extensions.cursor}`);
      }
      cursor = extensions?.cursor ?? cursor;
    }
  } catch (error) {
    // GraphQL errors come as an array: the subscription itself was refused.
    if (Array.isArray(error)) {
      console.error(error.map(({ message, extensions }) => `${extensions?.code}: ${message}`).join('\n'));
      process.exit(1);
    }
    console.error('connection lost, coming back …');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  } finally {
    await client.dispose();
  }
}

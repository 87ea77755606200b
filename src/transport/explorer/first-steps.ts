/** An example operation for newcomers. */
export interface FirstStep {
  readonly name: string;
  readonly about: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What to try after it. */
  readonly next?: string;
}

/** From a channel to an agent's reply and to the inbox, in five operations; the first one is also in the README. */
export function firstSteps(channelId: string | null): readonly FirstStep[] {
  return [
    {
      name: 'Channels',
      about: 'List the channels.',
      query: `{
  channels(first: 1) {
    nodes {
      id
      name
    }
  }
}
`,
      variables: {},
    },
    {
      name: 'Open',
      about: 'Open a conversation on one of them.',
      query: `mutation Open($channel: ID!) {
  createConversation(input: { channelId: $channel, customer: { name: "Mia" } }) {
    conversation {
      id
    }
    cursor
    userErrors {
      message
    }
  }
}
`,
      variables: { channel: channelId ?? 'an id of Channels' },
    },
    {
      name: 'Follow',
      about: 'Follow it from its start.',
      query: `subscription Follow($conversation: ID!, $after: String) {
  conversationEvents(conversationId: $conversation, after: $after) {
    __typename
    occurredAt
    ... on MessageAdded {
      message {
        text
        author {
          type
        }
      }
    }
  }
}
`,
      variables: { conversation: 'the id of Open', after: 'the cursor of Open' },
    },
    {
      name: 'Say',
      about: 'Send a message; "transfer" transfers you, "bye" ends the chat.',
      query: `mutation Say($conversation: ID!, $text: String!) {
  sendMessage(input: { conversationId: $conversation, text: $text, sendAs: CUSTOMER }) {
    startsNewInteraction
    userErrors {
      message
    }
  }
}
`,
      variables: { conversation: 'the id of Open', text: 'Hello, I need a transfer' },
    },
    {
      name: 'Inbox',
      about: 'List the conversations by last activity, with their last and unread messages.',
      query: `{
  inbox(first: 20) {
    latestCursor
    nodes {
      conversationId
      state
      unreadCount
      lastActivityAt
      lastMessage {
        text
        author {
          type
        }
      }
    }
  }
}
`,
      variables: {},
      next: 'inboxChanged(after: latestCursor) keeps this list up to date, markRead moves your read marker, and eventFeed reads all events by polling: docs/inbox.md, docs/bots.md.',
    },
  ];
}

import { graphql } from 'relay-runtime';

/** The end of a conversation, as a connection that pages backwards. */
export const threadQuery = graphql`
  query threadQuery($id: ID!, $count: Int!, $before: String) {
    conversation(id: $id) {
      id
      latestCursor
      messages(last: $count, before: $before) @connection(key: "thread_messages") {
        edges {
          node {
            id
            text
          }
        }
        pageInfo {
          hasPreviousPage
          startCursor
        }
      }
    }
  }
`;

export const threadSubscription = graphql`
  subscription threadSubscription($id: ID!, $after: String) {
    messageAdded(conversationId: $id, after: $after) {
      message {
        id
        text
      }
    }
  }
`;

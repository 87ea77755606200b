import { ConnectionHandler, createOperationDescriptor, fetchQuery, graphql, requestSubscription } from 'relay-runtime';

/** The end of a conversation, as a connection that pages backwards. */
const threadQuery = graphql`
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

/** A message that the connection has already is not put there again: Relay goes by its id. */
const threadSubscription = graphql`
  subscription threadSubscription($id: ID!, $after: String, $connections: [ID!]!) {
    messageAdded(conversationId: $id, after: $after) {
      message @appendNode(connections: $connections, edgeTypeName: "MessageEdge") {
        id
        text
      }
    }
  }
`;

/** Reads the last `count` messages into the store, and has each further one join them. With React, `useLazyLoadQuery` and `useSubscription` do the same. */
export async function openThread(environment, id, count, onError) {
  const operation = createOperationDescriptor(threadQuery, { id, count });
  const kept = environment.retain(operation);
  const { conversation } = await fetchQuery(environment, threadQuery, { id, count }).toPromise();
  const connections = [ConnectionHandler.getConnectionID(conversation.id, 'thread_messages')];
  const variables = { id, after: conversation.latestCursor, connections };
  const subscription = requestSubscription(environment, { subscription: threadSubscription, variables, onError });
  const messages = () => environment.lookup(operation.fragment).data.conversation.messages;
  return {
    /** What the store holds: `edges` and `pageInfo`. */
    messages,
    /** Reads the page before. */
    readOn: () => fetchQuery(environment, threadQuery, { id, count, before: messages().pageInfo.startCursor }).toPromise(),
    close: () => {
      subscription.dispose();
      kept.dispose();
    },
  };
}

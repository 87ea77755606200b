import { ConnectionHandler, createOperationDescriptor, fetchQuery, graphql, requestSubscription } from 'relay-runtime';
import { Refused, stay } from '../staying';

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

/** Relay does not add a message twice: it compares ids. */
const threadSubscription = graphql`
  subscription threadSubscription($id: ID!, $after: String, $connections: [ID!]!) {
    messageAdded(conversationId: $id, after: $after) {
      cursor
      message @appendNode(connections: $connections, edgeTypeName: "MessageEdge") {
        id
        text
      }
    }
  }
`;

/** Reads the last `count` messages into the store and adds each new one; `options` are those of `stay`. `over` rejects if retrying cannot help. */
export async function openThread(environment, id, count, options = {}) {
  const operation = createOperationDescriptor(threadQuery, { id, count });
  const kept = environment.retain(operation);
  const ending = new AbortController();
  let connections;
  const query = async () => {
    const { conversation } = await fetchQuery(environment, threadQuery, { id, count }, { networkCacheConfig: { force: true } }).toPromise();
    if (!conversation) throw new Refused([{ extensions: { code: 'NOT_FOUND' } }]);
    connections = [ConnectionHandler.getConnectionID(conversation.id, 'thread_messages')];
    return conversation.latestCursor;
  };
  const subscribe = (after, { next, error, complete }) => {
    const onNext = ({ messageAdded }) => next(messageAdded.cursor);
    const variables = { id, after, connections };
    const subscription = requestSubscription(environment, {
      subscription: threadSubscription,
      variables,
      onNext,
      onError: error,
      onCompleted: complete,
    });
    return () => subscription.dispose();
  };
  let over;
  await new Promise((resolve, reject) => {
    const read = () => query().then((cursor) => (resolve(), cursor));
    over = stay({ query: read, subscribe }, { ...options, signal: ending.signal });
    over.catch(reject);
  });
  const messages = () => environment.lookup(operation.fragment).data.conversation.messages;
  return {
    over,
    /** The store's content: `edges` and `pageInfo`. */
    messages,
    /** Loads the previous page. */
    readOn: () => fetchQuery(environment, threadQuery, { id, count, before: messages().pageInfo.startCursor }).toPromise(),
    close: () => {
      ending.abort();
      kept.dispose();
    },
  };
}

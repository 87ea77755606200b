import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { connect } from 'chat-graphql-gateway-client';
import { possibleTypes, ResumableLink, typePolicies } from 'chat-graphql-gateway-client/apollo';
import { ConversationDocument } from 'chat-graphql-gateway-client/documents';
import { OperationTypeNode } from 'graphql';
import { connection } from './connection';
import { graphqlUrl, socketUrl, token } from './gateway';

export const socket = connect({ url: socketUrl, token });
socket.on('connected', () => connection.set(true));
socket.on('closed', () => connection.set(false));
window.addEventListener('offline', () => {
  connection.set(false);
  // A socket notices only when it next sends something.
  socket.terminate();
});

const authorized = new SetContextLink(({ headers }) => {
  const given = token();
  return given === null ? {} : { headers: { ...(headers as object), authorization: `Bearer ${given}` } };
});

export const apollo: ApolloClient = new ApolloClient({
  cache: new InMemoryCache({ possibleTypes, typePolicies }),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new ResumableLink({ client: socket, latestCursor: ({ variables }) => begin(String(variables['id'])) }),
    authorized.concat(new HttpLink({ uri: graphqlUrl })),
  ),
});

/** Updates a conversation in the cache and returns the cursor it is up to date with. */
export async function refresh(id: string): Promise<string> {
  const { data } = await apollo.query({ query: ConversationDocument, variables: conversationVariables(id), fetchPolicy: 'network-only' });
  return data?.conversation?.latestCursor ?? '';
}

/** The cursor a subscription starts after. Without a socket yet, this call detects that the gateway is unreachable. */
async function begin(id: string): Promise<string> {
  try {
    const cursor = await refresh(id);
    connection.set(true);
    return cursor;
  } catch (error) {
    connection.set(CombinedGraphQLErrors.is(error));
    throw error;
  }
}

/** The same in every query of the conversation, so that they share one cache entry. */
export const conversationVariables = (id: string) => ({ id, withEvents: true });

import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { connect } from 'chat-graphql-gateway-client';
import { possibleTypes, ResumableLink, typePolicies } from 'chat-graphql-gateway-client/apollo';
import { ConversationDocument } from 'chat-graphql-gateway-client/documents';
import { OperationTypeNode } from 'graphql';
import { connection } from './connection';
import { graphqlUrl, socketUrl, token } from './gateway';

export const socket = connect({ url: socketUrl, token });
socket.on('connected', () => connection.tell(true));
socket.on('closed', () => connection.tell(false));
window.addEventListener('offline', () => {
  connection.tell(false);
  // A socket notices only when it next wants to say something.
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

/** Brings a conversation in the cache up to date, and tells after which cursor it is so. */
export async function refresh(id: string): Promise<string> {
  const { data } = await apollo.query({ query: ConversationDocument, variables: conversationVariables(id), fetchPolicy: 'network-only' });
  return data?.conversation?.latestCursor ?? '';
}

/** Where a subscription begins. There may be no socket yet that could tell that the gateway is out of reach. */
async function begin(id: string): Promise<string> {
  try {
    const cursor = await refresh(id);
    connection.tell(true);
    return cursor;
  } catch (error) {
    connection.tell(CombinedGraphQLErrors.is(error));
    throw error;
  }
}

/** The same wherever the conversation is asked for, so that one answer serves all. */
export const conversationVariables = (id: string) => ({ id, withEvents: true });

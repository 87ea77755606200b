import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { generatePersistedQueryIdsFromManifest } from '@apollo/persisted-query-lists';

type LoadManifest = Parameters<typeof generatePersistedQueryIdsFromManifest>[0]['loadManifest'];

/** Sends the ids of a manifest that `generate-persisted-query-manifest` wrote, and no text: for a gateway with that manifest as TRUSTED_DOCUMENTS. */
export function trustedClient(httpUrl: string, loadManifest: LoadManifest): ApolloClient {
  const ids = new PersistedQueryLink(generatePersistedQueryIdsFromManifest({ loadManifest }));
  return new ApolloClient({ link: ids.concat(new HttpLink({ uri: httpUrl })), cache: new InMemoryCache() });
}

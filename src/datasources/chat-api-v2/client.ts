import { UpstreamClient } from '../upstream/upstream-client.js';
import type { UpstreamClientOptions } from '../upstream/upstream-client.js';
import { AccessTokens } from './access-tokens.js';

/** The contact centre's data centres. */
export const REGIONS = ['us', 'eu', 'ca', 'ap'] as const;

export type Region = (typeof REGIONS)[number];

export interface ChatApiV2Options extends Omit<UpstreamClientOptions, 'headers' | 'credentials'> {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly tenant: string;
  readonly region: Region;
}

/** What calls this generation's API, in the name of its customer; to be closed with `closeAll`. */
export interface ChatApiV2Client {
  readonly client: UpstreamClient;
  closeAll(): void;
}

/** The API key and secret go to the token service only; all other calls carry the token that it issues. */
export function chatApiV2Client({ apiKey, apiSecret, ...options }: ChatApiV2Options): ChatApiV2Client {
  // RFC 6749 section 2.3.1.
  const basic = Buffer.from([apiKey, apiSecret].map(encodeURIComponent).join(':')).toString('base64');
  const tokenService = new UpstreamClient({ ...options, credentials: { authorization: `Basic ${basic}` } });
  const client = new UpstreamClient({ ...options, credentials: new AccessTokens(tokenService, options.clock) });
  return {
    client,
    closeAll() {
      client.close();
      tokenService.close();
    },
  };
}

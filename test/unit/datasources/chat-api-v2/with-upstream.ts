import { ChatApiV2 } from '../../../../src/datasources/chat-api-v2/chat-api-v2.js';
import { json, startUpstream } from '../scripted-upstream.js';
import type { ReceivedRequest, Script, ScriptedUpstream } from '../scripted-upstream.js';

/** The adapter in front of a scripted upstream, whose token service works of itself. */
export interface Connected {
  readonly upstream: ScriptedUpstream;
  readonly api: ChatApiV2;
  readonly clock: { now: number };
  /** Answers what is no request for a token. */
  script: Script;
  /** Answers requests for tokens: `token-1`, `token-2`, …, good for an hour. */
  tokenScript: Script;
  /** What was asked beside tokens. */
  readonly asked: readonly ReceivedRequest[];
  /** How often a token was asked for. */
  readonly tokenRequests: number;
  close(): Promise<void>;
}

export const TOKEN_PATH = '/oauth/v2/token';
const isToken = ({ url }: ReceivedRequest): boolean => url === TOKEN_PATH;

export async function connect(): Promise<Connected> {
  const upstream = await startUpstream();
  const clock = { now: 1_767_225_600_000 };
  const options = {
    apiKey: 'key:1',
    apiSecret: 'se/cret',
    tenant: 'acme',
    region: 'eu',
    clock: () => clock.now,
    timeoutMs: 5_000,
  } as const;
  const api = new ChatApiV2({ baseUrl: upstream.baseUrl, ...options });
  const connected: Connected = {
    upstream,
    api,
    clock,
    script: json(500, {}),
    tokenScript: (request, response) => {
      json(200, { access_token: `token-${connected.tokenRequests}`, expires_in: '3600' })(request, response);
    },
    get asked() {
      return upstream.requests.filter((request) => !isToken(request));
    },
    get tokenRequests() {
      return upstream.requests.filter(isToken).length;
    },
    async close() {
      await api.close();
      await upstream.close();
    },
  };
  upstream.script = (request, response) => {
    (isToken(request) ? connected.tokenScript : connected.script)(request, response);
  };
  return connected;
}

export const asOf = { asOf: 'cursor-1' };

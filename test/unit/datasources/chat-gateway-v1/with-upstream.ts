import { ChatGatewayV1 } from '../../../../src/datasources/chat-gateway-v1/chat-gateway-v1.js';
import { startUpstream } from '../scripted-upstream.js';
import type { ScriptedUpstream } from '../scripted-upstream.js';

/** The adapter in front of a scripted upstream. */
export interface Connected {
  readonly upstream: ScriptedUpstream;
  readonly api: ChatGatewayV1;
  close(): Promise<void>;
}

export async function connect(options: { tenant?: string | null } = {}): Promise<Connected> {
  const upstream = await startUpstream();
  const { tenant = 'acme' } = options;
  const api = new ChatGatewayV1({ baseUrl: upstream.baseUrl, apiKey: 'key-1', tenant, clock: Date.now });
  return {
    upstream,
    api,
    async close() {
      await api.close();
      await upstream.close();
    },
  };
}

export const asOf = { asOf: 'cursor-1' };

/** What no id can be. */
export const IMPOSSIBLE_IDS = ['', '.', '..', 'a\nb', '\u0000'];

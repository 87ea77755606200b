import { connect, requestOverHttp, socketSource } from 'chat-graphql-gateway-client';
import type { ConversationSource } from 'chat-graphql-gateway-client';
import { createContext, useContext } from 'react';
import type { ChatConfig } from './config';
import { formatsFor } from './formats';
import type { Formats } from './formats';
import { languageOf } from './texts/language';
import type { Language } from './texts/language';

/** What every part of the chat may use. */
export interface Environment extends Language {
  readonly source: ConversationSource;
  readonly channelId: string | null;
  readonly formats: Formats;
  /** The upload URL as this page reaches it: the gateway may use another host name for itself, such as `127.0.0.1` for `localhost`. */
  readonly uploadAddress: (uploadUrl: string) => string;
}

/** Create it once, outside of rendering. */
export function createEnvironment({ gateway, channelId, token, language }: ChatConfig): Environment {
  const url = new URL('graphql', gateway).href;
  const client = connect({ url: url.replace(/^http/, 'ws'), token });
  const chosen = languageOf(language);
  return {
    ...chosen,
    formats: formatsFor(chosen.tag),
    source: socketSource({ client, request: requestOverHttp({ url, token }) }),
    channelId,
    uploadAddress: (uploadUrl) => new URL(new URL(uploadUrl).pathname, gateway).href,
  };
}

export const EnvironmentContext = createContext<Environment | null>(null);

export function useEnvironment(): Environment {
  const environment = useContext(EnvironmentContext);
  if (environment === null) throw new Error('There is no EnvironmentContext above this component.');
  return environment;
}

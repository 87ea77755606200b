import { WEBHOOK_PATH } from '../datasources/generations.js';

export const GRAPHQL_PATH = '/graphql';
/** Paths that operators configure in other systems, often with a trailing slash. */
export const PLAIN_PATHS: ReadonlySet<string> = new Set([GRAPHQL_PATH, WEBHOOK_PATH, '/healthz', '/readyz', '/metrics']);

/** What orchestrators and Prometheus ask every few seconds. */
export const UNTRACED_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** Where the gateway is reached. */
export interface Addresses {
  readonly url: string;
  readonly graphqlUrl: string;
  readonly wsUrl: string;
  readonly webhookUrl: string;
}

/** @param url without a slash at the end */
export function toAddresses(url: string): Addresses {
  return {
    url,
    graphqlUrl: `${url}${GRAPHQL_PATH}`,
    wsUrl: `${url.replace(/^http/, 'ws')}${GRAPHQL_PATH}`,
    webhookUrl: `${url}${WEBHOOK_PATH}`,
  };
}

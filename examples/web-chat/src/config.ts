/** What a page decides about its chat. */
export interface ChatConfig {
  /** Base URL of the gateway, with a slash at its end. */
  readonly gateway: URL;
  /** The channel to open conversations on. Null for the first one, which only an administrator may query. */
  readonly channelId: string | null;
  /**
   * Called for each connection and request; null if none is needed (AUTH=off). In your application: ask your backend, which issues a token for this customer
   * (`issueCustomerToken`), and keep it until shortly before it expires.
   */
  readonly token: () => string | null | Promise<string | null>;
  /** Language tag such as `en-GB` or `ar`. */
  readonly language: string;
}

/**
 * The demo page's: the gateway serves it below its own URL as `demo/`, unless it was built with `VITE_GATEWAY_URL=https://…/`. Its parameters are in the fragment
 * (`#token=…&channel=…&language=…`), which no server sees.
 */
export function pageConfig(): ChatConfig {
  const opened = new URLSearchParams(location.hash.slice(1));
  return {
    gateway: new URL(import.meta.env.VITE_GATEWAY_URL ?? '..', location.href),
    channelId: opened.get('channel') ?? import.meta.env.VITE_CHANNEL_ID ?? null,
    token: () => opened.get('token'),
    language: opened.get('language') ?? navigator.language,
  };
}

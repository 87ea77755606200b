/** URL of the gateway, which serves this page below its own URL as `demo/`; unless built with `VITE_GATEWAY_URL=https://…/`. */
const gateway = new URL(import.meta.env.VITE_GATEWAY_URL ?? '..', location.href);

export const graphqlUrl = new URL('graphql', gateway).href;
export const socketUrl = graphqlUrl.replace(/^http/, 'ws');

/** The upload URL as this page reaches it: the gateway may use another host name for itself, such as `127.0.0.1` for `localhost`. */
export const uploadAddress = (uploadUrl: string): string => new URL(new URL(uploadUrl).pathname, gateway).href;

/** The page's parameters, `#token=…&channel=…`: not sent to any server, as `?…` would be. */
const opened = new URLSearchParams(location.hash.slice(1));

/** The channel to open conversations on; null: the first one, which only an administrator may query. */
export const channelId = opened.get('channel') ?? import.meta.env.VITE_CHANNEL_ID ?? null;

/**
 * Asked for at each connection and request. In your application: ask your backend, which issues a token for this customer (`issueCustomerToken`), and keep it until
 * shortly before it expires. A gateway with AUTH=off needs none.
 */
export const token = (): string | null => opened.get('token');

/** Where the gateway is: it serves this page below its own address, as `demo/`; unless built with `VITE_GATEWAY_URL=https://…/`. */
const gateway = new URL(import.meta.env.VITE_GATEWAY_URL ?? '..', location.href);

export const graphqlUrl = new URL('graphql', gateway).href;
export const socketUrl = graphqlUrl.replace(/^http/, 'ws');

/** The address of an upload as this page reaches it: the gateway may know itself by another name, `127.0.0.1` for `localhost`. */
export const uploadAddress = (uploadUrl: string): string => new URL(new URL(uploadUrl).pathname, gateway).href;

/** What the page was opened with, `#token=…&channel=…`: not sent to any server, as `?…` would be. */
const opened = new URLSearchParams(location.hash.slice(1));

/** The channel to open conversations on; null: the first that there is, which only an administrator may ask. */
export const channelId = opened.get('channel') ?? import.meta.env.VITE_CHANNEL_ID ?? null;

/**
 * Asked for at each connection and request. In your application: ask your backend, which issues a token for this customer (`issueCustomerToken`), and keep it until
 * shortly before it expires. A gateway with AUTH=off needs none.
 */
export const token = (): string | null => opened.get('token');

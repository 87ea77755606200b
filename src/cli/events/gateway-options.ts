import { webAddress } from '../options.js';

/** The options that say which gateway is asked, and as whom. */
export const GATEWAY_OPTIONS = { url: { type: 'string', default: 'http://127.0.0.1:4000' }, token: { type: 'string' } } as const;

export const GATEWAY_HELP = `  --url URL          where the gateway is (default http://127.0.0.1:4000)
  --token TOKEN      where it wants one; better in the variable GATEWAY_TOKEN, which nobody sees in a list of processes
`;

/** A gateway, and the token for it. */
export interface AskedGateway {
  readonly url: string;
  readonly token: string | undefined;
}

/** The gateway that `--url` and `--token` name, or `GATEWAY_TOKEN`. Throws `UsageError` if the URL is not one. */
export function askedGateway(
  values: { readonly url?: string | undefined; readonly token?: string | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): AskedGateway {
  return { url: webAddress('--url', values.url ?? ''), token: given(values.token) ?? given(environment['GATEWAY_TOKEN']) };
}

/** An empty one counts as not set, as scripts and compose files leave them. */
const given = (token: string | undefined): string | undefined => (token?.trim() === '' ? undefined : token?.trim());

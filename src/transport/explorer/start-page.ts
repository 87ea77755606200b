import { createHash } from 'node:crypto';
import type { FirstStep } from './first-steps.js';
import type { StatusTile } from './gateway-status.js';
import { escaped, snippet } from './html.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';

const hashed = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Its own style and script, and nothing from elsewhere. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${hashed(PAGE_STYLE)}`,
  `script-src ${hashed(PAGE_SCRIPT)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SANDBOX = 'https://studio.apollographql.com/sandbox/explorer';

export type TokenSource = 'secret' | 'issuer';

export interface StartPage {
  readonly url: string;
  /** Path of the GraphQL endpoint. */
  readonly path: string;
  /** Path on which webhooks are received. */
  readonly webhookPath: string;
  readonly status: readonly StatusTile[];
  /** Who issues tokens: holders of the secret, or only an identity provider; null if requests need none. */
  readonly tokens: TokenSource | null;
  /** Channel to open conversations on; null if unknown. */
  readonly channelId: string | null;
  /** Relative URL of the IDE; null if it is not built. */
  readonly ide: string | null;
  /** Relative URL of the demo chat; null if it is not built. */
  readonly demo: string | null;
  readonly steps: readonly FirstStep[];
}

/** The page at `/`, in HTML. */
export function startPage(page: StartPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>chat-graphql-gateway</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>chat-graphql-gateway</h1>
<p>For development: none of this is served in production.</p>
</header>
<main>
<section aria-labelledby="status"><h2 id="status">Status</h2>
<p class="unreachable" role="status" hidden>The gateway cannot be reached. This is the last known status.</p>
<ul class="status">${page.status.map(tile).join('')}</ul></section>
<section aria-labelledby="explore"><h2 id="explore">Explore</h2>
<ul class="cards">${explorers(page)}</ul></section>
${page.tokens === null ? '' : tokenSection(page.tokens, page)}
<section aria-labelledby="steps"><h2 id="steps">First steps</h2>
<ol>${page.steps.map(step).join('')}</ol></section>
<section aria-labelledby="addresses"><h2 id="addresses">Addresses</h2>
<dl>${addresses(page)}</dl></section>
</main>
<script type="module">${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function tile({ name, value, detail, state }: StatusTile): string {
  return `<li data-state="${state}"><span class="name">${escaped(name)}</span><span class="value">${escaped(value)}</span><span class="detail">${escaped(detail)}</span></li>`;
}

function explorers({ ide, demo, ...page }: StartPage): string {
  return [
    card(demo, 'Demo chat', 'The customer’s side of a conversation, with its events next to it.'),
    card(ide, 'GraphQL IDE', 'Altair, served from here: queries, mutations and subscriptions, offline.'),
    card(
      sandboxUrl(page),
      'Apollo Sandbox',
      'Apollo’s explorer, on their site, pointed at this gateway. If it asks for the implementation of subscriptions, choose <code>graphql-ws</code>.',
    ),
  ].join('');
}

function card(href: string | null, name: string, about: string): string {
  if (href === null) return `<li><span class="name">${name}</span><p>${about}</p><p>Not built yet: run npm run build.</p></li>`;
  return `<li><a class="name" href="${escaped(href)}">${name}</a><p>${about}</p></li>`;
}

function sandboxUrl({ url, path, steps }: Pick<StartPage, 'url' | 'path' | 'steps'>): string {
  const endpoint = `${url}${path}`;
  const search = { endpoint, subscriptionEndpoint: webSocket(endpoint), document: steps[0]?.query ?? '' };
  return `${SANDBOX}?${new URLSearchParams(search).toString().replaceAll('+', '%20')}`;
}

function tokenSection(source: TokenSource, { ide, demo, channelId, url }: StartPage): string {
  const at = (path: string) => escaped(new URL(path, `${url}/`).href);
  const made =
    source === 'issuer'
      ? '<p>Requests need a token from the identity provider that this gateway is configured with.</p>'
      : `<p>Requests need a token. Issue one with this gateway’s secret:</p>${snippet(COMMANDS, 'Commands that issue tokens')}`;
  const opened = [
    ...(ide === null ? [] : [`the IDE as <code>${at(ide)}#token=…</code>`]),
    ...(demo === null
      ? []
      : [`the demo chat, with a customer’s token, as <code>${at(demo)}#token=…&amp;channel=${escaped(channelId ?? '…')}</code>`]),
  ];
  return `<section aria-labelledby="token"><h2 id="token">Get a token</h2>
${made}
<p>Send it as <code>authorization: Bearer …</code>, over WebSockets in <code>connectionParams</code>. ${opened.length === 0 ? '' : `Open ${opened.join(', and ')}.`}</p></section>`;
}

const COMMANDS = `export AUTH_SECRET=…
npx chat-graphql-gateway token --role admin
npx chat-graphql-gateway token --role customer --customer-id mia`;

function step({ about, query, variables, next }: FirstStep): string {
  const given =
    Object.keys(variables).length === 0 ? '' : `<p>Variables:</p>${snippet(JSON.stringify(variables, null, 2), `Variables: ${about}`)}`;
  return `<li><p>${escaped(about)}</p>${snippet(query.trimEnd(), `Operation: ${about}`)}${given}${next === undefined ? '' : `<p>${escaped(next)}</p>`}</li>`;
}

function addresses({ url, path, webhookPath }: StartPage): string {
  const rows: readonly (readonly [string, string])[] = [
    ['Queries and mutations', `${url}${path}`],
    ['Subscriptions, graphql-transport-ws', webSocket(`${url}${path}`)],
    ['Subscriptions, multipart/mixed;subscriptionSpec="1.0" or text/event-stream', `${url}${path}`],
    ['Events of the contact centre', `${url}${webhookPath}`],
    ['Health, readiness, metrics', `${url}/healthz, /readyz, /metrics`],
  ];
  return rows.map(([what, where]) => `<dt>${escaped(what)}</dt><dd><code>${escaped(where)}</code></dd>`).join('');
}

const webSocket = (url: string): string => url.replace(/^http/, 'ws');

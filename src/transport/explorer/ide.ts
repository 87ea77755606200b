import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { firstSteps } from './first-steps.js';
import { staticFiles } from './static-files.js';

export const IDE_PATH = '/ide';

/** Nothing from anywhere else, so that it works without a network, and sends nothing to anybody. It compiles its user's scripts. */
const POLICY = [
  "default-src 'self'",
  "connect-src 'self' ws: wss:",
  "script-src 'self' 'unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "frame-ancestors 'self'",
].join('; ');

export interface IdeOptions {
  /** Path of the GraphQL endpoint. */
  readonly path: string;
  /** Channel for the first steps; null if unknown. */
  readonly channelId: string | null;
  /** Where the build has put Altair. */
  readonly directory: string;
}

/** Serves Altair, a GraphQL IDE, with the first steps in its windows. Opened with `#token=…` it sends that token. False if it is not built. */
export function ideRoutes(app: FastifyInstance, { path, channelId, directory }: IdeOptions): boolean {
  if (!existsSync(join(directory, 'index.html'))) return false;
  const headers = { 'content-security-policy': POLICY, 'cache-control': 'no-cache' };
  const page = readFileSync(join(directory, 'index.html'), 'utf8')
    .replace(/<base.*>/, '<base href="./">')
    .replace('</body>', '<script type="module" src="first-steps.js"></script></body>');
  app.get(`${IDE_PATH}/`, (_request, reply) => reply.headers({ ...headers, 'content-type': 'text/html; charset=utf-8' }).send(page));
  app.get(`${IDE_PATH}/first-steps.js`, (_request, reply) =>
    reply.headers({ ...headers, 'content-type': 'text/javascript; charset=utf-8' }).send(script(path, channelId)),
  );
  staticFiles(app, IDE_PATH, directory, headers);
  return true;
}

function script(path: string, channelId: string | null): string {
  const windows = firstSteps(channelId).map(({ name, query, variables }) => ({
    initialName: name,
    initialQuery: query,
    initialVariables: JSON.stringify(variables, null, 2),
  }));
  return `const at = new URL(${JSON.stringify(`..${path}`)}, document.baseURI);
const ws = new URL(at);
ws.protocol = at.protocol.replace('http', 'ws');
// Behind the #, which no server is sent.
const token = new URLSearchParams(location.hash.slice(1)).get('token');
const authorized = token === null ? null : { authorization: 'Bearer ' + token };
const shared = {
  ...(authorized === null ? {} : { initialHeaders: authorized, initialSubscriptionsPayload: authorized }),
  endpointURL: at.href,
  subscriptionsEndpoint: ws.href,
  initialSubscriptionRequestHandlerId: 'graphql-ws',
};
AltairGraphQL.init({
  ...shared,
  // What was there before would keep its old token; and a token is not for keeping.
  preserveState: authorized === null,
  instanceStorageNamespace: 'chat_graphql_gateway_',
  initialSettings: { 'schema.reloadOnStart': true, 'alert.disableUpdateNotification': true, 'banners.disable': true, disablePushNotification: true },
  initialWindows: ${JSON.stringify(windows)}.map((one) => ({ ...shared, ...one })),
});
// Altair shows the window that it opened last; the first is where to begin, the first time.
const begun = 'chat_graphql_gateway_begun';
if (localStorage.getItem(begun) === null)
  new MutationObserver((_changes, observer) => {
    const tabs = document.querySelectorAll('.window-switcher__input');
    if (tabs.length < ${windows.length}) return;
    observer.disconnect();
    localStorage.setItem(begun, 'yes');
    tabs[0].click();
  }).observe(document.body, { childList: true, subtree: true });
`;
}

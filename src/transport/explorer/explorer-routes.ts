import { existsSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { firstSteps } from './first-steps.js';
import { statusTiles } from './gateway-status.js';
import type { GatewayStatus } from './gateway-status.js';
import { IDE_PATH, ideRoutes } from './ide.js';
import { STATUS_PATH } from './page-script.js';
import { simulatorRoutes } from './simulator-routes.js';
import { PAGE_POLICY, startPage } from './start-page.js';
import type { TokenSource } from './start-page.js';
import { staticFiles } from './static-files.js';

const DEMO_PATH = '/demo';
/** The demo chat shows pictures and files that it was sent, from wherever this gateway says. */
const DEMO_POLICY =
  "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob: http: https:; style-src 'self' 'unsafe-inline'";

/** The widget's modules are loaded by pages of other origins; there is nothing in them that is not public. */
const DEMO_HEADERS = {
  'content-security-policy': DEMO_POLICY,
  'cache-control': 'no-cache',
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
};

export interface ExplorerOptions {
  /** Where GraphQL is served. */
  readonly path: string;
  /** Where webhooks are received. */
  readonly webhookPath: string;
  /** Where this gateway is reached, without a slash at the end. */
  readonly url: () => string;
  /** Of the simulated contact centre; null on a real one. */
  readonly channelId: string | null;
  /** Where that contact centre is; null on a real one. */
  readonly simulatorUrl: string | null;
  /** Issues the tokens that requests need. Null if they need none. */
  readonly tokens: TokenSource | null;
  /** Where the demo chat is, once it is built. */
  readonly demoDirectory: string;
  /** Where the IDE is, once it is built. */
  readonly ideDirectory: string;
  readonly status: () => Promise<GatewayStatus>;
}

/** For developers, never in production: a start page at `/`, an offline GraphQL IDE and the demo chat. */
export function explorerRoutes(app: FastifyInstance, options: ExplorerOptions): void {
  const { path, webhookPath, url, channelId, tokens, demoDirectory, ideDirectory } = options;
  const tiles = async () => statusTiles(await options.status());
  if (options.simulatorUrl !== null) simulatorRoutes(app, options.simulatorUrl);
  const hasIde = ideRoutes(app, { path, channelId, directory: ideDirectory });
  const hasDemo = existsSync(demoDirectory);
  if (hasDemo) staticFiles(app, DEMO_PATH, demoDirectory, DEMO_HEADERS);
  app.get(STATUS_PATH, async (request, reply) => {
    // An open page asks every two seconds: no lines that hide what happens.
    request.isLogged = true;
    return reply.header('cache-control', 'no-store').send(await tiles());
  });
  app.get('/', async (_request, reply) => {
    const page = startPage({
      url: url(),
      path,
      webhookPath,
      status: await tiles(),
      tokens,
      channelId,
      // Relative: the gateway may be served below a path of another host, and be reached directly as well.
      ide: hasIde ? `.${IDE_PATH}/` : null,
      demo: hasDemo ? `.${DEMO_PATH}/` : null,
      steps: firstSteps(channelId),
    });
    return reply
      .headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY, 'cache-control': 'no-cache' })
      .send(page);
  });
}

import type { Finding } from '../../src/datasources/diagnostics/finding.js';
import { createSigningKey } from '../../src/simulator/webhook-sender/signing-key.js';
import type { SimulatorOptions } from '../../src/simulator/options.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { ReceivedRequest } from '../unit/datasources/scripted-upstream.js';
import { startUpstream } from '../unit/datasources/scripted-upstream.js';

export type Body = Record<string, unknown>;
/** What a tenant that differs does to an answer of one that does not; undefined: as it is. */
export type Twist<B extends Body = Body> = (url: URL, body: B) => { status?: number; body?: B } | undefined;

/** The webhook that is registered there. */
export const WEBHOOK_URL = 'http://127.0.0.1:9/webhooks/8x8';

/** A contact centre of a generation, with three conversations of which one is over, seen through a twist. */
export async function startTwisted<B extends Body>(generation: NonNullable<SimulatorOptions['generation']>) {
  const simulator = createSimulator({ generation, agents: 'manual', signingKey: createSigningKey('checkup'), webhookUrl: WEBHOOK_URL });
  const behind = await simulator.listen();
  for (const userId of ['a', 'b', 'c']) {
    const customer = { fields: { userId, email: `${userId}@example.com` }, additionalProperties: [] };
    const message = { authorType: 'user', text: userId, attachments: [], cards: [] } as const;
    const history = [message, message];
    const { id } = simulator.centre.create({ channelId: simulator.channelId, customer, assignment: null, history });
    simulator.centre.routeNow(id);
    simulator.centre.agentAccepts(id);
    if (userId === 'c') simulator.centre.agentLeaves(id);
  }
  const front = await startUpstream();
  const close = async () => {
    await front.close();
    await simulator.close();
  };
  const twisted = { simulator, baseUrl: front.baseUrl, twist: (() => undefined) as Twist<B>, close };
  front.script = ({ method, url, headers, body }: ReceivedRequest, response) => {
    // Nobody listens at the webhook's address: it is verified as if somebody did.
    if (new URL(url, 'http://x').pathname.endsWith('/verify')) {
      response.writeHead(twisted.twist(new URL(url, 'http://x'), {} as B)?.status ?? 204).end();
      return;
    }
    const { host: _host, connection: _connection, 'content-length': _length, ...kept } = headers;
    void (async () => {
      const sent = method === 'GET' ? {} : { body };
      const answer = await fetch(`${behind}${url}`, { method, headers: kept as Record<string, string>, ...sent });
      const original = (await answer.json()) as B;
      const changed = twisted.twist(new URL(url, 'http://x'), original);
      response.writeHead(changed?.status ?? answer.status).end(JSON.stringify(changed?.body ?? original));
    })();
  };
  return twisted;
}

/** What a checkup has found to be other than it should be. */
export const amissAmong = (findings: readonly Finding[]): string[] =>
  findings.filter(({ result }) => result !== 'ok').map(({ check, result }) => `${result}: ${check}`);

export const onPath =
  <B extends Body>(end: string, change: Twist<B>): Twist<B> =>
  (url, body) =>
    url.pathname.endsWith(end) ? change(url, body) : undefined;

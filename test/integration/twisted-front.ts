import type { ReceivedRequest } from '../unit/datasources/scripted-upstream.js';
import { startUpstream } from '../unit/datasources/scripted-upstream.js';

export type Body = Record<string, unknown>;
/** What a tenant that differs does to an answer of one that does not; undefined: as it is. */
export type Twist<B extends Body = Body> = (url: URL, body: B) => { status?: number; body?: B } | undefined;

/** A contact centre, seen through a twist. */
export async function startTwisted<B extends Body>(behind: string) {
  const front = await startUpstream();
  const twisted = { baseUrl: front.baseUrl, twist: (() => undefined) as Twist<B>, close: () => front.close() };
  front.script = ({ method, url, headers, body }: ReceivedRequest, response) => {
    const { host: _host, connection: _connection, 'content-length': _length, ...kept } = headers;
    void (async () => {
      const sent = method === 'GET' ? {} : { body };
      const answer = await fetch(`${behind}${url}`, { method, headers: kept as Record<string, string>, ...sent });
      const told = (await answer.json()) as B;
      const changed = twisted.twist(new URL(url, 'http://x'), told);
      response.writeHead(changed?.status ?? answer.status).end(JSON.stringify(changed?.body ?? told));
    })();
  };
  return twisted;
}

export const onPath =
  <B extends Body>(end: string, change: Twist<B>): Twist<B> =>
  (url, body) =>
    url.pathname.endsWith(end) ? change(url, body) : undefined;

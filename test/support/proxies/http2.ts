import { once } from 'node:events';
import { connect } from 'node:http2';
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';
import { text as textOf } from 'node:stream/consumers';
import type { PublicClient } from './public-client.js';

/** A connection over HTTP/2 and TLS, for requests that no client library would send. */
export class Http2Connection {
  private constructor(
    private readonly session: ClientHttp2Session,
    private readonly basePath: string,
  ) {}

  static async open({ url, ca }: PublicClient): Promise<Http2Connection> {
    const { origin, pathname } = new URL(url);
    const session = connect(origin, { ca });
    await Promise.all([once(session, 'connect'), once(session, 'remoteSettings')]);
    return new Http2Connection(session, pathname);
  }

  get protocol(): string | undefined {
    return this.session.alpnProtocol;
  }

  /** Whether it accepts WebSockets (RFC 8441). */
  get acceptsWebSockets(): boolean {
    return this.session.remoteSettings.enableConnectProtocol === true;
  }

  /** Sends a request to a path as it is written, below the path of the proxy. */
  async request(path: string, headers: OutgoingHttpHeaders = {}, body?: string): Promise<{ status: number; text: string }> {
    const stream = this.session.request({ ...headers, ':path': `${this.basePath}/${path}` });
    stream.end(body);
    const [response] = (await once(stream, 'response')) as [{ ':status': number }];
    return { status: response[':status'], text: await textOf(stream) };
  }

  /** Opens a WebSocket on this connection; resolves with the first message that it answers to one. */
  async webSocketAnswer(message: string): Promise<string> {
    const stream = this.session.request({
      ':method': 'CONNECT',
      ':protocol': 'websocket',
      ':path': `${this.basePath}/graphql`,
      'sec-websocket-version': '13',
      'sec-websocket-protocol': 'graphql-transport-ws',
    });
    await once(stream, 'response');
    stream.write(textFrame(message));
    const answer = await firstFrame(stream);
    stream.destroy();
    return answer;
  }

  close(): void {
    this.session.destroy();
  }
}

/** A short message of a client, under a mask of zeros (RFC 6455, 5.2). */
const textFrame = (text: string): Buffer => Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);

async function firstFrame(stream: ClientHttp2Stream): Promise<string> {
  const [frame] = (await once(stream, 'data')) as [Buffer];
  return frame.subarray(2).toString();
}

import { FAILURE_KINDS, PrivateAddressError, connectionFailure, statusFailure } from '../../../src/sinks/failure.js';
import { SinkClient } from '../../../src/sinks/sink-client.js';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const withCode = (code: string) => Object.assign(new Error('at https://user:key@secret.example/'), { code });

describe('the reason of a failure', () => {
  it.each([
    [302, null, 'status-3xx', 'HTTP 302 (redirects are not followed)'],
    [404, null, 'status-4xx', 'HTTP 404'],
    [429, 7_001, 'status-4xx', 'HTTP 429 (asks to wait 8 s)'],
    [503, 0, 'status-5xx', 'HTTP 503'],
  ] as const)('of the status %i', (status, asked, kind, reason) => expect(statusFailure(status, asked)).toEqual({ kind, reason }));

  it.each([
    [withCode('ECONNREFUSED'), 'connection', 'connection refused'],
    [withCode('ENOTFOUND'), 'name', 'host name not found'],
    [withCode('CERT_HAS_EXPIRED'), 'tls', 'certificate has expired'],
    [withCode('ERR_SSL_WRONG_VERSION_NUMBER'), 'tls', 'ERR_SSL_WRONG_VERSION_NUMBER'],
    [withCode('UND_ERR_CONNECT_TIMEOUT'), 'timeout', 'timeout after 15 s'],
    [withCode('ETIMEDOUT'), 'timeout', 'timeout after 15 s'],
    [new PrivateAddressError(), 'private-address', 'private address (refused without allowPrivate)'],
    [withCode('x'.repeat(100)), 'other', 'x'.repeat(64)],
    ['text', 'other', 'failed'],
  ])('without a response: %#', (error, kind, reason) => {
    expect(connectionFailure(error, 15_000)).toEqual({ kind, reason });
    expect(FAILURE_KINDS).toContain(kind);
  });

  it('is what real connections end with', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/closes') request.socket.destroy();
      else if (request.url === '/fails') response.writeHead(503).end('secret');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const post = async (url: string, timeoutMs = 5_000) => {
      const client = new SinkClient({ url, allowPrivate: true, connections: 1, timeoutMs });
      const { failure } = await client.post('{}', {});
      await client.close();
      return failure?.reason;
    };
    expect(await post(`http://127.0.0.1:${port}/fails`)).toBe('HTTP 503');
    expect(await post(`http://127.0.0.1:${port}/closes`)).toBe('connection closed by the receiver');
    expect(await post(`http://127.0.0.1:${port}/hangs`, 50)).toBe('timeout after 0.05 s');
    // No TLS is spoken there.
    expect(await post(`https://127.0.0.1:${port}/`)).toMatch(/^(ERR_SSL_|EPROTO)/);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await post(`http://127.0.0.1:${port}/`)).toBe('connection refused');
    expect(await post(`http://localhost:${port}/`)).toBe('connection refused');
  });
});

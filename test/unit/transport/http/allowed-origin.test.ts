import type { IncomingMessage } from 'node:http';
import { isAllowedOrigin } from '../../../../src/transport/http/allowed-origin.js';

const PUBLIC = 'https://chat.example';
const allows = (origin: string | undefined, host = '127.0.0.1:4000', origins: string[] = []) =>
  isAllowedOrigin({ headers: { origin, host } } as IncomingMessage, origins, PUBLIC);

it('allows clients that are no page, and any page if any is allowed', () => {
  expect(allows(undefined)).toBe(true);
  expect(allows('https://anywhere.example', 'x', ['*'])).toBe(true);
});

it.each([PUBLIC, 'http://127.0.0.1:4000'])("allows a page of the gateway's own at %s", (origin) => expect(allows(origin)).toBe(true));

it.each([
  ['http://localhost:4000', 'localhost:4000'],
  ['http://[::1]:4000', '[::1]:4000'],
])('takes its own at %s', (origin, host) => expect(allows(origin, host)).toBe(true));

it.each([
  ['a name that was made to lead here', 'http://rebound.example:4000', 'rebound.example:4000'],
  ['another port', 'http://127.0.0.1:5000', '127.0.0.1:4000'],
  ['another scheme of the public address', 'http://chat.example', 'chat.example'],
  ['nothing', 'null', '127.0.0.1:4000'],
])('refuses a page of %s', (_what, origin, host) => expect(allows(origin, host)).toBe(false));

it.each(['capacitor://localhost', 'tauri://localhost', 'app://.', 'chrome-extension://abcdefgh'])(
  'takes %s where it is listed',
  (origin) => {
    expect(allows(origin, 'x', [origin])).toBe(true);
    expect(allows(origin, 'x', ['https://app.example'])).toBe(false);
  },
);

it.each([
  ['https://a.example.org', true],
  ['https://a-1.example.org', true],
  ['https://example.org', false],
  ['https://a.b.example.org', false],
  ['http://a.example.org', false],
  ['https://a.example.org:8443', false],
  ['https://a.exampleXorg', false],
  ['https://a.example.org.evil.example', false],
  ['https://evil.example/.example.org', false],
  ['null', false],
])('takes a star for one label of a name: %s, %s', (origin, isTaken) => {
  expect(allows(origin, 'x', ['https://*.example.org'])).toBe(isTaken);
});

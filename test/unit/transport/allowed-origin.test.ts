import type { IncomingMessage } from 'node:http';
import { isAllowedOrigin } from '../../../src/transport/allowed-origin.js';

const PUBLIC = 'https://chat.example';
const allows = (origin: string | undefined, host = '127.0.0.1:4000', origins: string[] = []) =>
  isAllowedOrigin({ headers: { origin, host } } as IncomingMessage, origins, PUBLIC);

it('takes who is no page, and any page where any may', () => {
  expect(allows(undefined)).toBe(true);
  expect(allows('https://anywhere.example', 'x', ['*'])).toBe(true);
});

it.each([PUBLIC, 'http://127.0.0.1:4000'])("takes a page of the gateway's own at %s", (origin) => expect(allows(origin)).toBe(true));

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

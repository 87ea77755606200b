import { JwtAuthenticator } from '../../../src/auth/jwt-authenticator.js';
import { token } from '../../../src/cli/token.js';
import { toGlobalId, vendorId } from '../../../src/schema/global-id.js';
import { SECRET } from '../../support/tokens.js';

const NOW = Date.UTC(2026, 0, 1);
const ENVIRONMENT = { AUTH_SECRET: SECRET, AUTH_ISSUER: 'us', AUTH_AUDIENCE: 'chat' };

async function run(argv: string[], environment: Record<string, string> = ENVIRONMENT) {
  let [out, err] = ['', ''];
  const code = await token(argv, environment, { out: (text) => (out += text), err: (text) => (err += text) }, NOW);
  return { code, out, err };
}

const viewerOf = async (made: string) =>
  new JwtAuthenticator(
    { secret: SECRET, jwksUrl: null, issuer: 'us', audience: 'chat' },
    { clock: () => NOW, fetch, toConversationId: (id) => vendorId('Conversation', id), onKeyFault: () => undefined },
  ).authenticate(`Bearer ${made.trim()}`);

it('prints a token that a gateway with the same settings accepts, alone on a line', async () => {
  const { code, out, err } = await run([
    '--role',
    'customer',
    '--conversation',
    'c1',
    '--conversation',
    toGlobalId('Conversation', 'c2'),
    '--customer-id',
    'mia',
  ]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^\S+\n$/);
  expect(await viewerOf(out)).toMatchObject({
    role: 'CUSTOMER',
    subject: 'development',
    conversationIds: ['c1', 'c2'],
    customerId: 'mia',
    expiresAt: new Date(NOW + 3_600_000),
  });
});

it('prints JSON when asked to', async () => {
  const { out } = await run(['--role', 'admin', '--subject', 'root', '--ttl', '60', '--json']);
  const { token: made, expiresAt } = JSON.parse(out) as { token: string; expiresAt: string };
  expect(expiresAt).toBe(new Date(NOW + 60_000).toISOString());
  expect(await viewerOf(made)).toMatchObject({ role: 'ADMIN', subject: 'root' });
});

it('prints its usage', async () => {
  expect(await run(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--customer-id'), err: '' });
});

it.each([
  [[], /--role must be one of: customer, service, admin/],
  [['--role', 'king'], /got "king"/],
  [['--role', 'customer'], /--conversation or --customer-id/],
  [['--role', 'service', '--conversation', 'c1'], /for customers/],
  [['--role', 'customer', '--conversation', ''], /cannot be empty/],
  [['--role', 'customer', '--conversation', toGlobalId('Channel', 'x')], /something else/],
  [['--role', 'admin', '--ttl', '0'], /--ttl/],
  [['--role', 'admin', '--ttl', '86401'], /--ttl/],
  [['--role', 'admin', '--nonsense'], /nonsense/],
])('exits with 2 on %j', async (argv, words) => {
  expect(await run(argv)).toEqual({ code: 2, out: '', err: expect.stringMatching(words) });
});

it.each([
  [{}, /AUTH_SECRET: is missing/],
  [{ AUTH_SECRET: 'short' }, /AUTH_SECRET: must be at least/],
])('exits with 1 under the settings %j', async (environment, words) => {
  expect(await run(['--role', 'admin'], environment)).toEqual({ code: 1, out: '', err: expect.stringMatching(words) });
});

import { parseArgs } from 'node:util';
import { signToken } from '../auth/sign-token.js';
import { MAX_TTL_SECONDS } from '../auth/token-settings.js';
import { readTokenSettings } from '../config.js';
import { ConfigError } from '../env-reader.js';
import { vendorId } from '../schema/global-id.js';
import { formatErrorLines } from './format-error.js';
import { processOutput } from './output.js';
import type { CommandOutput } from './output.js';

const USAGE = `usage: chat-graphql-gateway token --role ROLE [options]

Makes a token for development and prints it. It is signed with AUTH_SECRET (or the file AUTH_SECRET_FILE) and carries AUTH_ISSUER and AUTH_AUDIENCE where they
are set, so a gateway with AUTH=jwt and the same settings accepts it.

  --role ROLE          customer, service or admin
  --conversation ID    a customer's: a conversation that it may see and write; may be given again
  --customer-id ID     a customer's: all conversations of this customer id; needed to create some
  --subject NAME       whose it is (default: development)
  --ttl SECONDS        for how long (default: 3600, ${MAX_TTL_SECONDS} at most)
  --json               print {"token", "expiresAt"}
  -h, --help           print this

exits with 0, or 1 where a setting is missing or wrong, or 2 where an argument is`;

const ROLES = ['customer', 'service', 'admin'];

interface Options {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly ttlSeconds: number;
  readonly json: boolean;
}

/**
 * Makes a token and prints it, alone on a line.
 *
 * @param argv the arguments after `token`
 * @returns the code to exit with: 0 done, 1 a setting is missing or wrong, 2 wrong arguments
 */
export async function token(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  output: CommandOutput = processOutput,
  now = Date.now(),
): Promise<number> {
  const options = readOptions(argv);
  if (options === 'help') {
    output.out(`${USAGE}\n`);
    return 0;
  }
  if (typeof options === 'string') {
    output.err(`token: ${options} (chat-graphql-gateway token --help)\n`);
    return 2;
  }
  try {
    const settings = readTokenSettings(environment);
    if (settings.secret === null) throw new ConfigError(['AUTH_SECRET: is missing; must be the key to sign the token with']);
    const { ttlSeconds, json, claims } = options;
    const signed = await signToken(settings, claims, { now, ttlSeconds });
    output.out(`${json ? JSON.stringify(signed) : signed.token}\n`);
    return 0;
  } catch (error) {
    for (const line of formatErrorLines(error)) output.err(`token: ${line}\n`);
    return 1;
  }
}

/** The options, or what is wrong with them. */
function readOptions(argv: readonly string[]): Options | string {
  const values = parse(argv);
  if (typeof values === 'string') return values;
  if (values.help) return 'help';
  const { role, conversation = [], 'customer-id': customerId, subject, ttl, json } = values;
  if (role === undefined || !ROLES.includes(role))
    return `--role must be one of: ${ROLES.join(', ')}${role === undefined ? '' : `; got "${role}"`}`;
  const namesNobody = conversation.length === 0 && customerId === undefined;
  if (role === 'customer' && namesNobody) return 'a customer needs --conversation or --customer-id';
  if (role !== 'customer' && !namesNobody) return `--conversation and --customer-id are for customers, not for "${role}"`;
  const conversations = conversation.map((id) => vendorId('Conversation', id) ?? '');
  if (conversations.includes('') || customerId === '' || subject === '')
    return 'ids and names cannot be empty, nor be the ids of something else';
  const ttlSeconds = /^\d{1,5}$/.test(ttl) ? Number(ttl) : NaN;
  if (!(ttlSeconds >= 1 && ttlSeconds <= MAX_TTL_SECONDS))
    return `--ttl must be a number of seconds from 1 to ${MAX_TTL_SECONDS}; got "${ttl}"`;
  const claims = {
    sub: subject,
    scope: `chat:${role}`,
    ...(conversations.length > 0 ? { conversations } : {}),
    ...(customerId === undefined ? {} : { customer_id: customerId }),
  };
  return { claims, ttlSeconds, json };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        role: { type: 'string' },
        conversation: { type: 'string', multiple: true },
        'customer-id': { type: 'string' },
        subject: { type: 'string', default: 'development' },
        ttl: { type: 'string', default: '3600' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

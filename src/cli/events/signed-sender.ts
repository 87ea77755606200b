import { createPrivateKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { signedHeaders } from '../../simulator/webhook-sender/signed-headers.js';
import { DUPLICATE_HEADER } from '../../webhooks/http-response.js';
import { CommandError } from '../command-error.js';
import { UsageError, webAddress } from '../options.js';
import type { EventBody } from './sample-events.js';

/** What the gateway answered: the HTTP status, and whether it had the event already. An earlier gateway does not say that. */
export interface SendResult {
  readonly status: number;
  readonly duplicate: boolean;
}

/** Sends an event, signed. Rejects with `CommandError` where no answer came. */
export type SendEvent = (eventId: string, body: EventBody) => Promise<SendResult>;

/** The options that say how events are signed and where they go. */
export const SENDER_OPTIONS = {
  url: { type: 'string', default: 'http://127.0.0.1:4000' },
  'webhook-url': { type: 'string' },
  key: { type: 'string' },
  kid: { type: 'string' },
  tenant: { type: 'string' },
  customer: { type: 'string' },
} as const;

export const SENDER_HELP = `  --url URL          a gateway started with its simulated contact centre, or a contact centre started by
                     "simulate": it signs the event and posts it (default http://127.0.0.1:4000)
 or, to any other gateway, signed here:
  --webhook-url URL  where the gateway receives webhooks
  --key FILE         private RSA key (PEM) whose public half the gateway finds at its contact centre
  --kid ID           under which key id
  --tenant ID, --customer ID  as the gateway expects them
`;

type Values = Readonly<Partial<Record<keyof typeof SENDER_OPTIONS, string>>>;

/** How `events send` sends: through a simulated contact centre, or signed with the key of `--key`. Throws `UsageError` if options are missing. */
export function createSender(values: Values): SendEvent {
  if (values['webhook-url'] === undefined && values.key === undefined) return throughSimulator(webAddress('--url', values.url ?? ''));
  const given = ['webhook-url', 'key', 'kid', 'tenant', 'customer'] as const;
  const missing = given.filter((name) => (values[name] ?? '') === '');
  if (missing.length > 0) throw new UsageError(`to sign here, also set: ${missing.map((name) => `--${name}`).join(', ')}`);
  const { key: file = '', kid = '', tenant: tenantId = '', customer: customerId = '' } = values;
  return signedHere(webAddress('--webhook-url', values['webhook-url'] ?? ''), { key: privateKey(file), kid, tenantId, customerId });
}

function privateKey(file: string): KeyObject {
  try {
    return createPrivateKey(readFileSync(file));
  } catch {
    throw new CommandError('--key: the file cannot be read, or holds no private key in PEM.');
  }
}

function throughSimulator(url: string): SendEvent {
  return async (eventId, body) => {
    const response = await post(`${url}/_sim/send-event`, { 'content-type': 'application/json' }, JSON.stringify({ eventId, body }));
    if (response.status === 404) throw new CommandError(`There is no simulated contact centre at ${url}: see --webhook-url.`);
    const { status, duplicate = false, error } = (await response.json()) as Partial<SendResult> & { error?: string };
    if (status === undefined) throw new CommandError(`The simulated contact centre could not deliver it: ${error ?? 'no answer'}.`);
    return { status, duplicate };
  };
}

interface Signer {
  readonly key: KeyObject;
  readonly kid: string;
  readonly tenantId: string;
  readonly customerId: string;
}

const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);

function signedHere(url: string, { key, kid, tenantId, customerId }: Signer): SendEvent {
  const signer = { kid, sign: async (input: string) => (await signAsync('RSA-SHA256', Buffer.from(input), key)).toString('base64url') };
  return async (eventId, event) => {
    const body = Buffer.from(JSON.stringify(event));
    const headers = await signedHeaders({ body, tenantId, customerId, eventId, retry: 0, transmissionTime: Date.now() }, signer);
    const response = await post(url, headers, body);
    return { status: response.status, duplicate: response.headers.get(DUPLICATE_HEADER) === 'true' };
  };
}

async function post(url: string, headers: Record<string, string>, body: string | Buffer): Promise<Response> {
  return fetch(url, { method: 'POST', headers, body: typeof body === 'string' ? body : new Uint8Array(body) }).catch(() => {
    throw new CommandError(`Cannot connect to ${new URL(url).origin}.`);
  });
}

/** What became of an event, on one line: by the type that was asked for, where that is another name than the contact centre's. */
export function sentLine(
  type: string,
  eventId: string,
  { eventType, conversationId }: EventBody,
  { status, duplicate }: SendResult,
): string {
  const what = type === eventType ? eventType : `${type} (${eventType})`;
  return `${what} ${eventId} in conversation ${conversationId}: HTTP ${status}${duplicate ? ', a duplicate' : ''}\n`;
}

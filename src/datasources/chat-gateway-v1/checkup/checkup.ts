import type { ChatGatewayV1Options } from '../client.js';
import { CHANNELS, CONVERSATIONS, WEBHOOKS } from '../paths.js';
import {
  conversationsAsAssumed,
  interactionsAsAssumed,
  messageOrderAsAssumed,
  messagesAsAssumed,
  participantsAsAssumed,
} from './conversation-checks.js';
import { SELECTORS, encodingAsAssumed, filterAsAssumed } from './filter-checks.js';
import { differs, ok, unknown } from './finding.js';
import type { Finding, Verdict } from './finding.js';
import { orderAsAssumed, pagesAsAssumed } from './list-checks.js';
import { Probe } from './probe.js';
import { channelTypesAsAssumed, channelsReportHere, keysAsAssumed, webhookRegistered } from './registration-checks.js';

export interface CheckupOptions extends Omit<ChatGatewayV1Options, 'onCall'> {
  /** Where this gateway takes events; null where that is not known. */
  readonly webhookUrl: string | null;
  /** A word that surely nobody uses, of characters that need no encoding. */
  readonly nonsense: string;
}

const LISTS = [
  { name: 'conversations', path: CONVERSATIONS, rel: 'conversations', sortBy: 'id' },
  { name: 'channels', path: CHANNELS, rel: 'channels', sortBy: 'id' },
  { name: 'webhooks', path: WEBHOOKS, rel: 'webhooks', sortBy: 'id' },
] as const;

/**
 * Compares a real tenant with what the adapter assumes of it, by reads only; tells each finding as it is made. Rejects with a `GatewayError` where the
 * contact centre cannot be reached at all.
 */
export async function checkup(options: CheckupOptions, tell: (finding: Finding) => void): Promise<readonly Finding[]> {
  const { webhookUrl, nonsense, ...connection } = options;
  const probe = new Probe(connection);
  const findings: Finding[] = [];
  const note = (check: string, verdict: Verdict): void => {
    const finding = { check, ...verdict };
    findings.push(finding);
    tell(finding);
  };
  try {
    const letIn = await access(probe, note);
    if (letIn) for (const [name, check] of await checks(probe, webhookUrl, nonsense)) note(name, await check());
    return findings;
  } finally {
    probe.close();
  }
}

/** Whether the key and the tenant are taken; where they are not, nothing else can be told. */
async function access(probe: Probe, note: (check: string, verdict: Verdict) => void): Promise<boolean> {
  const { status, fault } = await probe.read(WEBHOOKS, { size: 1 });
  if (fault !== null && status !== 401 && status !== 403) throw fault;
  note('credentials', status === 401 ? differs('the API key is refused (HTTP 401)') : ok('the API key is taken'));
  if (status === 401) note('tenant', unknown('without a key that is taken it cannot be told'));
  else note('tenant', status === 403 ? differs('the tenant is refused for this API key (HTTP 403)') : ok('taken'));
  return fault === null;
}

type Check = readonly [name: string, check: () => Promise<Verdict> | Verdict];

async function checks(probe: Probe, webhookUrl: string | null, nonsense: string): Promise<readonly Check[]> {
  const sample = await probe.page(CONVERSATIONS, 'conversations', { size: 100, page: 0, sort: 'id:desc' });
  return [
    ...LISTS.map((list): Check => [`pages of ${list.name}`, () => pagesAsAssumed(probe, list)]),
    ...LISTS.map((list): Check => [`order of ${list.name}`, () => orderAsAssumed(probe, list)]),
    ['order of messages', () => messageOrderAsAssumed(probe, sample)],
    ['conversations', () => conversationsAsAssumed(sample)],
    ['messages', () => messagesAsAssumed(probe, sample)],
    ['participants', () => participantsAsAssumed(probe, sample)],
    ['interactions', () => interactionsAsAssumed(probe, sample)],
    ...Object.keys(SELECTORS).map((selector): Check => [`filter by ${selector}`, () => filterAsAssumed(probe, selector, sample, nonsense)]),
    ['filter encoding', () => encodingAsAssumed(probe, nonsense)],
    ['unknown signing key', () => keysAsAssumed(probe, nonsense)],
    ['webhook of this gateway', () => webhookRegistered(probe, webhookUrl)],
    ['channels of this gateway', () => channelsReportHere(probe, webhookUrl)],
    ['types of channels', () => channelTypesAsAssumed(probe)],
  ];
}

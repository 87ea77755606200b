import { asNumber, asRecord } from '../../../domain/parse-unknown.js';
import { checkFilter } from '../../diagnostics/filter-checks.js';
import { differs, ok, unknown } from '../../diagnostics/finding.js';
import type { Finding } from '../../diagnostics/finding.js';
import { checkOrder, checkPages } from '../../diagnostics/list-checks.js';
import { Probe } from '../../diagnostics/diagnostic-client.js';
import { addressReached, channelsReportHere, checkKeys, webhookRegistered } from '../../diagnostics/registration-checks.js';
import { runChecks } from '../../diagnostics/run-checks.js';
import type { Check, CheckupOptions, Note } from '../../diagnostics/run-checks.js';
import { chatGatewayClient } from '../client.js';
import type { ChatGatewayV1Options } from '../client.js';
import { EVENT_VERSION } from '../event-version.js';
import { embedded } from '../hal.js';
import { CHANNELS, CONVERSATIONS, VERIFY_WEBHOOK, WEBHOOKS, publicKeyPath } from '../paths.js';
import { checkChannelTypes } from './channel-checks.js';
import { checkConversations, checkInteractions, checkMessageOrder, checkMessages, checkParticipants } from './conversation-checks.js';
import { SELECTORS, checkEncoding, filterBy } from './filter-checks.js';

const forward = { sort: 'id:asc' };
const backward = { sort: 'id:desc' };
const WEBHOOKS_BY_ID = { path: WEBHOOKS, rel: 'webhooks', forward };
const CHANNELS_BY_ID = { path: CHANNELS, rel: 'channels', forward };
const LISTS = [{ path: CONVERSATIONS, rel: 'conversations', forward }, CHANNELS_BY_ID, WEBHOOKS_BY_ID];

/**
 * Compares a real tenant with what the adapter assumes of it, by reads only; reports each finding as it is made. Rejects with a `GatewayError` if the
 * contact centre cannot be reached at all.
 */
export function checkup(
  { webhookUrl, nonsense, ...connection }: CheckupOptions & Omit<ChatGatewayV1Options, 'onCall'>,
  onFinding: (finding: Finding) => void,
): Promise<readonly Finding[]> {
  const probe = new Probe({
    connect: (onCall) => {
      const client = chatGatewayClient({ ...connection, onCall });
      return { client, close: () => client.close() };
    },
    findItems: embedded,
    findTotal: (body) => asNumber(asRecord(body['page'])?.['totalElements']),
  });
  return runChecks(
    probe,
    (note) => access(probe, note),
    () => checks(probe, webhookUrl, nonsense),
    onFinding,
  );
}

/** Whether the key and the tenant are accepted; if not, nothing else can be checked. */
async function access(probe: Probe, note: Note): Promise<boolean> {
  const { status, error } = await probe.read(WEBHOOKS, { size: 1 });
  if (error !== null && status !== 401 && status !== 403) throw error;
  note('credentials', status === 401 ? differs('the API key is rejected (HTTP 401)') : ok('the API key is accepted'));
  if (status === 401) note('tenant', unknown('not checked, without an accepted key'));
  else note('tenant', status === 403 ? differs('the tenant is rejected for this API key (HTTP 403)') : ok('accepted'));
  return error === null;
}

async function checks(probe: Probe, webhookUrl: string | null, nonsense: string): Promise<readonly Check[]> {
  const sample = await probe.page(CONVERSATIONS, 'conversations', { size: 100, page: 0, sort: 'id:desc' });
  const registered = { webhooks: WEBHOOKS_BY_ID, channels: CHANNELS_BY_ID, eventVersion: EVENT_VERSION, webhookUrl };
  return [
    ...LISTS.map((list): Check => [`pages of ${list.rel}`, () => checkPages(probe, list)]),
    ...LISTS.map((list): Check => [`order of ${list.rel}`, () => checkOrder(probe, list, backward)]),
    ['order of messages', () => checkMessageOrder(probe, sample)],
    ['conversations', () => checkConversations(sample)],
    ['messages', () => checkMessages(probe, sample)],
    ['participants', () => checkParticipants(probe, sample)],
    ['interactions', () => checkInteractions(probe, sample)],
    ...Object.keys(SELECTORS).map((selector): Check => [
      `filter by ${selector}`,
      () => checkFilter(filterBy(probe, selector), sample, nonsense),
    ]),
    ['filter encoding', () => checkEncoding(probe, nonsense)],
    ['unknown signing key', () => checkKeys(probe, publicKeyPath(nonsense))],
    ['webhook of this gateway', () => webhookRegistered(probe, registered)],
    ['address of this gateway', () => addressReached(probe, VERIFY_WEBHOOK, registered)],
    ['channels of this gateway', () => channelsReportHere(probe, registered)],
    ['types of channels', () => checkChannelTypes(probe, CHANNELS_BY_ID)],
  ];
}

import { asId, asNumber, asRecord } from '../../../domain/parse-unknown.js';
import { checkFilter } from '../../diagnostics/filter-checks.js';
import { differs, ok, unknown } from '../../diagnostics/finding.js';
import type { Finding } from '../../diagnostics/finding.js';
import { checkOrder, checkPages } from '../../diagnostics/list-checks.js';
import { Probe } from '../../diagnostics/diagnostic-client.js';
import { addressReached, channelsReportHere, checkKeys, webhookRegistered } from '../../diagnostics/registration-checks.js';
import { runChecks } from '../../diagnostics/run-checks.js';
import type { Check, CheckupOptions, Note } from '../../diagnostics/run-checks.js';
import { listed } from '../response-body.js';
import { chatApiV2Client } from '../client.js';
import type { ChatApiV2Options } from '../client.js';
import { EVENT_VERSION } from '../event-version.js';
import { Paths } from '../paths.js';
import { checkConversations, checkMessages, checkParticipants } from './conversation-checks.js';
import { SELECTORS, filterBy, checkStatuses } from './filter-checks.js';

/**
 * Compares a real tenant with what the adapter assumes of it, by reads only; reports each finding as it is made. Rejects with a `GatewayError` if the
 * contact centre cannot be reached at all.
 */
export function checkup(
  { webhookUrl, nonsense, ...connection }: CheckupOptions & Omit<ChatApiV2Options, 'onCall'>,
  onFinding: (finding: Finding) => void,
): Promise<readonly Finding[]> {
  const paths = new Paths(connection.region, connection.tenant);
  let tokenStatus: number | null = null;
  const probe = new Probe({
    connect: (onCall) => {
      const api = chatApiV2Client({
        ...connection,
        onCall: (call) => {
          if (call.operation === 'oauth.token') tokenStatus = call.status;
          onCall(call);
        },
      });
      return { client: api.client, close: () => api.closeAll() };
    },
    findItems: listed,
    findTotal: (body) => asNumber(asRecord(body['page'])?.['elementCount']),
  });
  return runChecks(
    probe,
    (note) => access(probe, paths, () => tokenStatus, note),
    () => checks(probe, paths, webhookUrl, nonsense),
    onFinding,
  );
}

/** Whether key and secret get a token, and the token opens the tenant; if not, nothing else can be checked. */
async function access(probe: Probe, paths: Paths, tokenStatus: () => number | null, note: Note): Promise<boolean> {
  const { status, error } = await probe.read(paths.webhooks, { size: 1 });
  const token = tokenStatus();
  if (isRejection(token)) {
    note('credentials', differs(`no token is issued for the API key and its secret (HTTP ${token})`));
    note('tenant', unknown('not checked, without a token'));
    return false;
  }
  if (error !== null && !isRejection(status)) throw error;
  note('credentials', ok('a token is issued'));
  const isOpen = error === null && status !== 404;
  note('tenant', isOpen ? ok('accepted') : differs(`tenant and region are rejected for this API key (HTTP ${status ?? 0})`));
  return isOpen;
}

const isRejection = (status: number | null): status is number => status !== null && status >= 400 && status < 500 && status !== 429;

async function checks(probe: Probe, paths: Paths, webhookUrl: string | null, nonsense: string): Promise<readonly Check[]> {
  const conversations = { path: paths.conversations, rel: 'data', forward: { order: 'asc' } };
  const channels = { path: paths.channels, rel: 'data', forward: {} };
  const webhooks = { path: paths.webhooks, rel: 'data', forward: {} };
  const registered = { webhooks, channels, eventVersion: EVENT_VERSION, webhookUrl };
  const sample = await probe.page(conversations.path, conversations.rel, { size: 100, page: 0, order: 'desc' });
  const partOf = (conversation: Readonly<Record<string, unknown>>, part: string) =>
    paths.conversation(asId(conversation['id']) ?? '', part);
  return [
    ['pages of conversations', () => checkPages(probe, conversations)],
    ['pages of channels', () => checkPages(probe, channels)],
    ['pages of webhooks', () => checkPages(probe, webhooks)],
    ['order of conversations', () => checkOrder(probe, conversations, { order: 'desc' })],
    ['conversations', () => checkConversations(sample)],
    ['messages', () => checkMessages(probe, sample, partOf)],
    ['participants', () => checkParticipants(probe, sample, partOf)],
    ...Object.keys(SELECTORS).map((selector): Check => [
      `filter by ${selector}`,
      () => checkFilter(filterBy(probe, paths, selector), sample, nonsense),
    ]),
    ['filter by status', () => checkStatuses(probe, paths)],
    ['unknown signing key', () => checkKeys(probe, paths.publicKey(nonsense))],
    ['webhook of this gateway', () => webhookRegistered(probe, registered)],
    ['address of this gateway', () => addressReached(probe, paths.verifyWebhook, registered)],
    ['channels of this gateway', () => channelsReportHere(probe, registered)],
  ];
}

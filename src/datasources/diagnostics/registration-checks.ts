import { UpstreamRejectedError } from '../../domain/errors.js';
import { asId, asText } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import { differs, ok, unknown } from './finding.js';
import type { CheckResult } from './finding.js';
import { everything } from './list-checks.js';
import type { CheckedList } from './list-checks.js';
import { isCheckResult, probeFailed } from './diagnostic-client.js';
import type { Probe } from './diagnostic-client.js';

/** What `setup` registers, where, and for which events. */
export interface Registered {
  readonly webhooks: CheckedList;
  readonly channels: CheckedList;
  readonly eventVersion: string;
  /** Where this gateway receives events; null if unknown. */
  readonly webhookUrl: string | null;
}

/** An unknown signing key is answered 404, without asking who we are. */
export async function checkKeys(probe: Probe, path: string | null): Promise<CheckResult> {
  const { status, error } = await probe.read(path ?? '', {}, { anonymous: true });
  if (status === 404) return ok('404');
  if (status === null || status >= 500 || status === 429) return unknown(error?.message ?? 'no answer');
  return differs(`HTTP ${status} instead of 404`);
}

/** The address of this gateway is registered, for the events that it reads best. */
export async function webhookRegistered(probe: Probe, registered: Registered): Promise<CheckResult> {
  const ours = await ourWebhooks(probe, registered);
  if (isCheckResult(ours)) return ours;
  const [first] = ours;
  if (first === undefined) return differs('none is registered for the address of this gateway: run setup');
  const versions = ours.map((webhook) => asId(webhook['notificationVersion']) ?? asId(webhook['version']) ?? 'none');
  return versions.includes(registered.eventVersion)
    ? ok(`${asId(first['id']) ?? ''}, ${registered.eventVersion}`)
    : differs(`its version is ${versions.join(', ')}`);
}

/** The contact centre reaches the address of this gateway, and is answered by it: it sends a verification request, as when a webhook is registered. */
export async function addressReached(probe: Probe, verifyPath: string, { webhookUrl, eventVersion }: Registered): Promise<CheckResult> {
  if (webhookUrl === null) return unknown('PUBLIC_URL is not set');
  const { status, error } = await probe.verify(verifyPath, { uri: webhookUrl, version: eventVersion });
  if (error === null) return ok('a verification request of the contact centre was acknowledged');
  if (!(error instanceof UpstreamRejectedError)) return probeFailed(status, error);
  const reasons = error.reasons.map(({ message }) => message).join('; ');
  return differs(
    `the contact centre does not reach it${reasons === '' ? '' : ` (${reasons})`}: is the gateway running, and reachable from outside?`,
  );
}

/** Channels report to this gateway. */
export async function channelsReportHere(probe: Probe, registered: Registered): Promise<CheckResult> {
  const ours = await ourWebhooks(probe, registered);
  if (isCheckResult(ours)) return ours;
  const channels = await everything(probe, registered.channels);
  if (isCheckResult(channels)) return channels;
  const ids = new Set(ours.map(({ id }) => asId(id)));
  const count = channels.items.filter((channel) => ids.has(asId(channel['webHookId']) ?? asId(channel['webhookId']))).length;
  return count === 0 ? differs('none reports to this gateway: run setup') : ok(`${count} of ${channels.items.length}`);
}

async function ourWebhooks(probe: Probe, { webhooks: list, webhookUrl }: Registered): Promise<readonly UnknownRecord[] | CheckResult> {
  if (webhookUrl === null) return unknown('PUBLIC_URL is not set');
  const webhooks = await everything(probe, list);
  if (isCheckResult(webhooks)) return webhooks;
  return webhooks.items.filter(({ uri }) => normal(asText(uri) ?? '') === normal(webhookUrl));
}

const normal = (url: string): string => (URL.canParse(url) ? new URL(url).href : url);

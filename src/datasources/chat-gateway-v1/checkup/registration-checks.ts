import { asId, asText } from '../../../domain/read.js';
import type { UnknownRecord } from '../../../domain/read.js';
import { channelType } from '../../../domain/upstream-words.js';
import { EVENT_VERSION } from '../event-version.js';
import { CHANNELS, WEBHOOKS, publicKeyPath } from '../paths.js';
import { differs, ok, unknown } from './finding.js';
import type { Verdict } from './finding.js';
import { isVerdict } from './probe.js';
import type { Probe, SeenPage } from './probe.js';

/** An unknown signing key is answered 404, without asking who we are. */
export async function keysAsAssumed(probe: Probe, nonsense: string): Promise<Verdict> {
  const { status, fault } = await probe.read(publicKeyPath(nonsense) ?? '', {}, { anonymous: true });
  if (status === 404) return ok('404');
  if (status === null || status >= 500 || status === 429) return unknown(fault?.message ?? 'no answer');
  return differs(`HTTP ${status} instead of 404`);
}

/** The address of this gateway is registered, for the events that it reads best. */
export async function webhookRegistered(probe: Probe, webhookUrl: string | null): Promise<Verdict> {
  if (webhookUrl === null) return unknown('PUBLIC_URL is not set');
  const ours = await ourWebhooks(probe, webhookUrl);
  if (isVerdict(ours)) return ours;
  const [first] = ours;
  if (first === undefined) return differs('none is registered for the address of this gateway: run setup');
  const versions = ours.map((webhook) => asId(webhook['notificationVersion']) ?? asId(webhook['version']) ?? 'none');
  return versions.includes(EVENT_VERSION)
    ? ok(`${asId(first['id']) ?? ''}, ${EVENT_VERSION}`)
    : differs(`its version is ${versions.join(', ')}`);
}

/** Channels report to this gateway. */
export async function channelsReportHere(probe: Probe, webhookUrl: string | null): Promise<Verdict> {
  if (webhookUrl === null) return unknown('PUBLIC_URL is not set');
  const ours = await ourWebhooks(probe, webhookUrl);
  if (isVerdict(ours)) return ours;
  const channels = await everything(probe, CHANNELS, 'channels');
  if (isVerdict(channels)) return channels;
  const ids = new Set(ours.map(({ id }) => asId(id)));
  const count = channels.items.filter((channel) => ids.has(asId(channel['webHookId']) ?? asId(channel['webhookId']))).length;
  return count === 0 ? differs('none reports to this gateway: run setup') : ok(`${count} of ${channels.items.length}`);
}

/** The types of channels are known. */
export async function channelTypesAsAssumed(probe: Probe): Promise<Verdict> {
  const channels = await everything(probe, CHANNELS, 'channels');
  if (isVerdict(channels)) return channels;
  const strange = channels.items.map(({ type }) => asText(type) ?? 'none').filter((type) => channelType(type) === 'OTHER');
  if (strange.length > 0) return differs(`not known, shown as OTHER: ${[...new Set(strange)].join(', ').slice(0, 200)}`);
  return channels.items.length === 0 ? unknown('there is no channel') : ok(`${channels.items.length} looked at`);
}

async function ourWebhooks(probe: Probe, webhookUrl: string): Promise<readonly UnknownRecord[] | Verdict> {
  const webhooks = await everything(probe, WEBHOOKS, 'webhooks');
  if (isVerdict(webhooks)) return webhooks;
  return webhooks.items.filter(({ uri }) => normal(asText(uri) ?? '') === normal(webhookUrl));
}

const normal = (url: string): string => (URL.canParse(url) ? new URL(url).href : url);

/** Ten pages at most. */
async function everything(probe: Probe, path: string, rel: string): Promise<SeenPage | Verdict> {
  const items: UnknownRecord[] = [];
  for (let page = 0; page < 10; page += 1) {
    const seen = await probe.page(path, rel, { size: 100, page, sort: 'id:asc' });
    if (isVerdict(seen)) return seen;
    items.push(...seen.items);
    if (seen.items.length === 0 || items.length >= (seen.total ?? 0)) break;
  }
  return { items, total: items.length };
}

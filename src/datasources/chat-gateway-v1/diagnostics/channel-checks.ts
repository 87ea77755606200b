import { asText } from '../../../domain/parse-unknown.js';
import { channelType } from '../../shared/enums.js';
import { differs, ok, unknown } from '../../diagnostics/finding.js';
import type { CheckResult } from '../../diagnostics/finding.js';
import { everything } from '../../diagnostics/list-checks.js';
import type { CheckedList } from '../../diagnostics/list-checks.js';
import { isCheckResult } from '../../diagnostics/diagnostic-client.js';
import type { Probe } from '../../diagnostics/diagnostic-client.js';

/** The types of channels are known. */
export async function checkChannelTypes(probe: Probe, list: CheckedList): Promise<CheckResult> {
  const channels = await everything(probe, list);
  if (isCheckResult(channels)) return channels;
  const strange = channels.items.map(({ type }) => asText(type) ?? 'none').filter((type) => channelType(type) === 'OTHER');
  if (strange.length > 0) return differs(`not known, shown as OTHER: ${[...new Set(strange)].join(', ').slice(0, 200)}`);
  return channels.items.length === 0 ? unknown('there is no channel') : ok(`${channels.items.length} looked at`);
}

import type { HealingMarks, Heartbeat, LogGap } from '../port/healing-marks.js';
import { LocalLookClaims } from './local-look-claims.js';
import type { StoreClient } from './store-client.js';

/** The marks of the log's only gateway: heartbeats and the gap in the file, claims in memory. */
export class SqliteHealingMarks extends LocalLookClaims implements HealingMarks {
  constructor(private readonly store: StoreClient) {
    super();
  }

  async beat({ now, lastEventAt, gapMs }: Heartbeat): Promise<LogGap | null> {
    const gap = await this.store.ask('beat', { now: now.getTime(), lastEventAt: lastEventAt?.getTime() ?? null, gapMs });
    return gap === null ? null : { from: new Date(gap.from), to: new Date(gap.to) };
  }

  async settle({ to }: LogGap): Promise<void> {
    await this.store.ask('settleGap', { to: to.getTime() });
  }
}

import { healingReport } from '../../../src/composition/healing-report.js';
import type { GatewayRuntime } from '../../../src/composition/runtime.js';
import { KeptLog } from '../../support/running-gateway.js';

it('says what became of a gap once everything has been looked at', () => {
  const logger = new KeptLog();
  const metrics = { healingLooks: { inc: () => undefined } };
  const report = healingReport({ logger, metrics, clock: Date.now } as unknown as GatewayRuntime);
  const gap = { from: new Date(0), to: new Date(60_000) };
  report.looked('gap', { MESSAGE_ADDED: 5 });
  report.gap(gap, 3);
  report.looked('gap', {});
  report.looked('quiet', { MESSAGE_ADDED: 7 });
  report.looked('gap', { MESSAGE_ADDED: 2, INTERACTION_ENDED: 1 });
  report.looked('silence', {});
  report.gapSettled(gap);
  const [begun, ...rest] = logger.lines.filter(({ message }) => message.includes('missing events'));
  expect(begun?.fields).toEqual({ ...gap, conversations: 3 });
  expect(rest).toEqual([{ level: 'info', message: 'looked for missing events', fields: { ...gap, looks: 2, appended: 3 } }]);
});

import { LogUnavailableError } from '../../../src/events/port/errors.js';
import type { ReceiverReport } from '../../../src/events/port/sink-store.js';
import { ReceiverRecord } from '../../../src/sinks/receiver-record.js';

const failure = { kind: 'status-5xx', reason: 'HTTP 503' } as const;

describe('what a gateway records of a receiver', () => {
  const open = () => {
    const reports: ReceiverReport[] = [];
    const store = { isDown: false };
    const report = (_sink: string, one: ReceiverReport) => {
      if (store.isDown) return Promise.reject(new LogUnavailableError('down'));
      reports.push(one);
      return Promise.resolve();
    };
    let now = 0;
    const record = new ReceiverRecord('crm', { report }, () => (now += 1));
    return { record, reports, store };
  };

  it('is stored if it has changed, and again after an outage of the log', async () => {
    const { record, reports, store } = open();
    await record.save();
    expect(reports).toEqual([]);
    record.accept();
    record.fail(failure);
    store.isDown = true;
    await expect(record.save()).rejects.toThrow(LogUnavailableError);
    store.isDown = false;
    await record.save();
    await record.save();
    expect(reports).toEqual([{ acceptedAt: new Date(1), lastFailure: { at: new Date(2), reason: 'HTTP 503' } }]);
  });

  it('is a problem while the receiver is down, or an event has waited for a minute', () => {
    const { record } = open();
    const [well, failing, down] = [
      { isDown: false, isFailing: false },
      { isDown: false, isFailing: true },
      { isDown: true, isFailing: true },
    ];
    expect(record.describeProblem(failing, 61)).toBeNull();
    record.fail(failure);
    expect(record.describeProblem(well, 61)).toBeNull();
    expect(record.describeProblem(failing, 59)).toBeNull();
    const problem = 'is not accepted by its receiver: HTTP 503 at 1970-01-01T00:00:00.001Z';
    expect(record.describeProblem(failing, 60)).toBe(problem);
    expect(record.describeProblem(down, 0)).toBe(problem);
  });
});

import { CallAbort } from '../../../../src/datasources/upstream/lightweight-abort-signal.js';

it('calls who listens, once, and keeps the first reason', () => {
  const givingUp = new CallAbort();
  const called: string[] = [];
  givingUp.addEventListener('abort', () => called.push('one'));
  givingUp.addEventListener('abort', () => called.push('two'));
  expect([givingUp.aborted, givingUp.reason]).toEqual([false, null]);
  givingUp.abort('SILENT');
  givingUp.abort('LATE');
  expect(called).toEqual(['one', 'two']);
  expect([givingUp.aborted, givingUp.reason]).toEqual([true, 'SILENT']);
});

it('does not call who listens no more', () => {
  const givingUp = new CallAbort();
  const called: string[] = [];
  const listener = () => called.push('one');
  givingUp.addEventListener('abort', listener);
  givingUp.addEventListener('abort', () => called.push('two'));
  givingUp.removeEventListener('abort', listener);
  givingUp.abort('LATE');
  expect(called).toEqual(['two']);
});

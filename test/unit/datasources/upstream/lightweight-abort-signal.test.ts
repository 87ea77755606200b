import { CallAbort } from '../../../../src/datasources/upstream/lightweight-abort-signal.js';

it('calls who listens, once, and keeps the first reason', () => {
  const callAbort = new CallAbort();
  const called: string[] = [];
  callAbort.addEventListener('abort', () => called.push('one'));
  callAbort.addEventListener('abort', () => called.push('two'));
  expect([callAbort.aborted, callAbort.reason]).toEqual([false, null]);
  callAbort.abort('SILENT');
  callAbort.abort('LATE');
  expect(called).toEqual(['one', 'two']);
  expect([callAbort.aborted, callAbort.reason]).toEqual([true, 'SILENT']);
});

it('does not call who listens no more', () => {
  const callAbort = new CallAbort();
  const called: string[] = [];
  const listener = () => called.push('one');
  callAbort.addEventListener('abort', listener);
  callAbort.addEventListener('abort', () => called.push('two'));
  callAbort.removeEventListener('abort', listener);
  callAbort.abort('LATE');
  expect(called).toEqual(['two']);
});

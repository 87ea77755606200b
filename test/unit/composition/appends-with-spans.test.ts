import { appendsWithSpans } from '../../../src/composition/appends-with-spans.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import type { Span, Tracing } from '../../../src/observability/tracing.js';
import { listed, messageAdded } from '../../contract/event-log/sample-events.js';

it('hands over all that an event is matched by: the send that it echoes, and what history lists around it', async () => {
  const received: unknown[][] = [];
  const log: Pick<EventLog, 'append'> = {
    append: (...args) => {
      received.push(args);
      return Promise.resolve({ duplicate: false } as Awaited<ReturnType<EventLog['append']>>);
    },
  };
  const span = { end: () => undefined } as unknown as Span;
  const tracing = { enabled: true, start: () => span, startAppend: () => span } as unknown as Tracing;
  const args = [messageAdded('e1', 'Hello'), 'handle', [listed('m1', 'Hello')]] as const;
  await appendsWithSpans(log, tracing)(null).append(...args);
  expect(received).toEqual([[...args]]);
});

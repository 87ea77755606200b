// Exits, as the gateway does when it is not to wait any more, while the thread of its log reads and writes. Arguments: directory, after how many milliseconds.
import { openEmbeddedLog } from '../../../build/events/embedded/open.js';
import { ThreadRest } from '../../../build/events/embedded/thread-rest.js';

const [directory, afterMs] = process.argv.slice(2);
const log = await openEmbeddedLog({ directory, clock: Date.now });
let number = 0;

async function append() {
  const now = new Date();
  const id = `${process.pid}-${(number += 1)}`;
  const event = { id, conversationId: 'c1', occurredAt: now, receivedAt: now };
  await log.append({ ...event, type: 'INTERACTION_QUEUED', data: { queue: { queueId: 'q1', name: null } } });
}

async function withoutEnd(work) {
  for (;;) await work();
}

for (const limit of [2, 2, 2, 2, 50, 1_000]) void withoutEnd(() => log.read('all', { limit }));
for (let n = 0; n < 4; n += 1) void withoutEnd(append);
setTimeout(() => process.exit(ThreadRest.endAll(10_000) ? 1 : 2), Number(afterMs));

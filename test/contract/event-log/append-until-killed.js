// Appends events without end, telling the id of each on stdout once it was acknowledged. Arguments: directory, first number.
import { writeSync } from 'node:fs';
import { openEmbeddedLog } from '../../../build/events/embedded/open.js';

const [directory, first] = process.argv.slice(2);
const log = await openEmbeddedLog({ directory, clock: Date.now });
let number = Number(first);

async function appendWithoutEnd() {
  for (;;) {
    const id = `e${number}`;
    number += 1;
    const data = { queue: { queueId: 'q1', name: null } };
    await log.append({
      id,
      conversationId: 'c1',
      occurredAt: new Date(),
      receivedAt: new Date(),
      type: 'INTERACTION_QUEUED',
      data,
    });
    // At once, past any buffer: what was acknowledged must be known when the process is killed.
    writeSync(1, `${id}\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, appendWithoutEnd));

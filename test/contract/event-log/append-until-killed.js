// Appends events without end, printing the id of each on stdout once it is acknowledged. Arguments: directory, first number.
import { writeSync } from 'node:fs';
import { openSqliteLog } from '../../../build/events/sqlite/open.js';

const [directory, first] = process.argv.slice(2);
const log = await openSqliteLog({ directory, clock: Date.now });
let number = Number(first);

/** Written synchronously, past any buffer of ours: what was acknowledged must be known when the process is killed. */
function print(line) {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      // The pipe is full: whoever reads it is behind.
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

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
    print(`${id}\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, appendWithoutEnd));

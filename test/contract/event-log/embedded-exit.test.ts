import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from './embedded-log.js';

const CHILD = fileURLToPath(new URL('./exit-while-busy.js', import.meta.url));
const TIMES = 30;

/** How a process ends that exits so long after it has put the log's thread to work. */
async function endOf(directory: string, afterMs: number): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [CHILD, directory, String(afterMs)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

describe('the embedded event log, in a process that exits without closing it', () => {
  it(`lets the process exit as it wants to, ${TIMES} times in the middle of reads and writes`, async () => {
    const directory = await temporaryDirectory();
    for (let time = 0; time < TIMES; time += 1) expect(await endOf(directory, time)).toEqual({ code: 1, stderr: '' });
    await rm(directory, { recursive: true });
  }, 40_000);
});

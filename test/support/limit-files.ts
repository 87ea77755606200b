import { spawn } from 'node:child_process';
import { once } from 'node:events';

export const HOW_TO_GET_PRLIMIT = 'apt-get install util-linux';

/** Lets no file of a process grow beyond so many bytes, as if its disk were full then. Null if there is no limit. The process must ignore SIGXFSZ, as Node does. */
export async function limitFiles(pid: number | undefined, bytes: number | null): Promise<void> {
  const [code] = (await once(spawn('prlimit', ['--pid', String(pid), `--fsize=${bytes ?? 'unlimited'}:`]), 'exit')) as [number];
  if (code !== 0) throw new Error(`prlimit ended with ${code}`);
}

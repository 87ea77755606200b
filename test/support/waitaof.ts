import { spawnSync } from 'node:child_process';
import { describeWhere } from './needs.js';

/** Called so in the names of skipped tests, and in `MAY_BE_SKIPPED` where CI cannot get one. */
const WHAT = 'a server that knows WAITAOF';
const HOW_TO_GET_ONE = 'apt-get install valkey-server, or redis-server from 7.2 on; on Debian 12 VALKEY_SERVER=$(.ci/valkey FOLDER)';

/** It can report what is on the disks of its replicas: a Valkey, or a Redis from 7.2 on. */
function knowsWaitAof(program: string): boolean {
  const { error, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (error !== undefined) return false;
  const [, major = 0, minor = 0] = (/^Redis server v=(\d+)\.(\d+)/.exec(stdout) ?? []).map(Number);
  return stdout.startsWith('Valkey') || major > 7 || (major === 7 && minor >= 2);
}

/** `describe` for tests over a server that knows WAITAOF, which get the program's path; if there is none, one that skips and says how to get it. */
export function describeWithWaitAof(name: string, tests: (program: string) => void): void {
  const program = [process.env['VALKEY_SERVER'], 'valkey-server', process.env['REDIS_SERVER'], 'redis-server'].find(
    (each) => each !== undefined && knowsWaitAof(each),
  );
  describeWhere(program !== undefined, `${WHAT}: ${HOW_TO_GET_ONE}`)(name, () => tests(program ?? 'none'));
}

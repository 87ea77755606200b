import { readFileSync } from 'node:fs';

/** A system call, as `strace -f -y` writes it down. Places are lines of the trace, in which all threads come in order of time. */
export interface SystemCall {
  readonly name: string;
  /** The file descriptor that it was made with, and what that stands for. */
  readonly descriptor: string;
  /** Its other arguments and its result. */
  readonly rest: string;
  readonly begunAt: number;
  readonly endedAt: number;
}

export interface Span {
  readonly begunAt: number;
  readonly endedAt: number;
}

const CALL = /^(\d+) +(\w+)\(([^,)\s]*)(.*)$/;
const RESUMED = /^(\d+) +<\.\.\. \w+ resumed>(.*)$/;
const UNFINISHED = / *<unfinished \.\.\.>$/;

/** Reads the trace of a process that has ended. A call during which another thread was scheduled stands on two lines. */
export function readSystemCalls(file: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<string, SystemCall>();
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((line, place) => {
      const [, thread = '', name = '', descriptor = '', rest = ''] = CALL.exec(line) ?? [];
      const [, resumedThread = '', tail = ''] = RESUMED.exec(line) ?? [];
      const begun = unfinished.get(resumedThread);
      if (begun !== undefined) {
        unfinished.delete(resumedThread);
        calls.push({ ...begun, rest: begun.rest + tail, endedAt: place });
      } else if (name !== '') {
        const call = {
          name,
          descriptor: descriptor.replace(UNFINISHED, ''),
          rest: rest.replace(UNFINISHED, ''),
          begunAt: place,
          endedAt: place,
        };
        if (UNFINISHED.test(line)) unfinished.set(thread, call);
        else calls.push(call);
      }
    });
  return calls;
}

/** From where a webhook request was read until the 204 to it began to be written. A connection carries one request after the other. */
export function acknowledgements(calls: readonly SystemCall[]): Span[] {
  const readAt = new Map<string, number>();
  return calls.flatMap(({ name, descriptor, rest, begunAt, endedAt }) => {
    if (/^(read|recv)/.test(name) && rest.includes('"POST /webhooks/8x8 ')) readAt.set(descriptor, endedAt);
    const received = readAt.get(descriptor);
    if (received === undefined || !/^(write|send)/.test(name) || !rest.includes('"HTTP/1.1 204 ')) return [];
    readAt.delete(descriptor);
    return [{ begunAt: received, endedAt: begunAt }];
  });
}

/** The syncs of the event log's write-ahead log that succeeded. */
export function walSyncs(calls: readonly SystemCall[]): Span[] {
  return calls.filter(
    ({ name, descriptor, rest }) => /^f(data)?sync$/.test(name) && descriptor.endsWith('events.db-wal>') && /\) += 0$/.test(rest),
  );
}

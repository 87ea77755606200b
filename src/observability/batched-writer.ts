export interface BatchedWriter {
  readonly write: (line: string) => void;
  /** Writes the waiting lines now. */
  readonly flush: () => void;
}

/**
 * Writes lines in batches, since each write is a system call that wakes the log collector: the lines of one event-loop tick, or while lines
 * keep coming, those of `flushIntervalMs` milliseconds.
 */
export function batchedWriter(write: (lines: string) => void, flushIntervalMs: number): BatchedWriter {
  let lines = '';
  let writtenAt = -Infinity;
  const flush = () => {
    if (lines === '') return;
    writtenAt = performance.now();
    write(lines);
    lines = '';
  };
  return {
    write(line) {
      if (lines === '') {
        const pauseMs = writtenAt + flushIntervalMs - performance.now();
        if (pauseMs > 0) setTimeout(flush, pauseMs);
        else setImmediate(flush);
      }
      lines += line;
    },
    flush,
  };
}

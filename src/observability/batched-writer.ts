export interface GatheredLines {
  readonly write: (line: string) => void;
  /** Writes what waits. */
  readonly flush: () => void;
}

/**
 * Hands lines on together: those of one turn of the event loop at its end, and while there are many, those of `gatherMs`. Each write is a system call that wakes the
 * collector.
 */
export function batchedWriter(write: (lines: string) => void, gatherMs: number): GatheredLines {
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
        const pauseMs = writtenAt + gatherMs - performance.now();
        if (pauseMs > 0) setTimeout(flush, pauseMs);
        else setImmediate(flush);
      }
      lines += line;
    },
    flush,
  };
}

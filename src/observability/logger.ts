import pino from 'pino';
import { batchedWriter } from './batched-writer.js';

/** How long a line may wait for others, in milliseconds: that much is lost when the process is killed. */
const FLUSH_INTERVAL_MS = 10;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes one JSON line a call. Never give it headers, bodies, tokens, signatures or the text of messages. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A logger to stdout: `time` in RFC 3339, `level` as a word, `msg`, and the fields given. */
export function createLogger(level: LogLevel): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: timeText,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: describeError },
    },
    toStdout(),
  );
}

let last = { at: NaN, text: '' };

/** As pino's own, and once for all lines of one millisecond. */
function timeText(): string {
  const at = Date.now();
  if (at !== last.at) last = { at, text: `,"time":"${new Date(at).toISOString()}"` };
  return last.text;
}

/** What still waits is written at the end of the process. */
function toStdout(): pino.DestinationStream {
  const stdout = pino.destination({ dest: 1, sync: true });
  const lines = batchedWriter((text) => stdout.write(text), FLUSH_INTERVAL_MS);
  process.once('exit', lines.flush);
  return lines;
}

/**
 * What a log may know of an error: its name, its code, where in our code it came from, and the same of its causes. Not its message: that may hold what a
 * client sent or where the upstream lives.
 */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  const { code } = error as { code?: unknown };
  const at = error.stack
    ?.split('\n')
    .find((line) => /\/(dist|build|src)\//.test(line))
    ?.trim()
    .replace(/\(?(file:\/\/)?\/.*\/(dist|build|src)\//, '($2/');
  return {
    name: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(at === undefined ? {} : { at }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** What a simulator keeps across restarts, one kind of record for each. */
export type RecordKind = 'directory' | 'conversation' | 'message' | 'file' | 'task' | 'delivery';

/** A record: any JSON value, and its bytes if it is a file. */
export interface NewRecord {
  readonly value: unknown;
  readonly bytes?: Buffer;
}

/** Notes what has changed, for a restart. Whatever changes in one synchronous step is written in one transaction. */
export interface Journal {
  /** The record may have changed; `read` is called when it is written, with all later changes in it. */
  note(kind: RecordKind, id: string, read: () => NewRecord): void;
  /** The record is over. */
  forget(kind: RecordKind, id: string): void;
  /** Writes what was noted. Called before anything leaves the process that others may rely on, and by itself at the end of each step. */
  commit(): void;
}

/** Keeps nothing: a restarted simulator is a new one. */
export const NO_JOURNAL: Journal = { note: () => undefined, forget: () => undefined, commit: () => undefined };

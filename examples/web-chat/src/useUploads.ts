import { useCallback, useState } from 'react';
import { newKey } from 'chat-graphql-gateway-client';
import { useEnvironment } from './environment';
import type { Texts } from './texts/english';
import { RejectedFile, upload } from './upload';

/** A file on its way, or one that was not sent. */
export interface Upload {
  readonly key: string;
  readonly name: string;
  /** From 0 to 1. */
  readonly share: number;
  /** Why it was not sent; null while it is on its way. */
  readonly problem: string | null;
  /** Cancels it, or closes what it says. */
  readonly close: () => void;
}

export interface Uploads {
  readonly list: readonly Upload[];
  readonly add: (files: Iterable<File>) => void;
}

/** Uploads files side by side; `done` receives each attachment to send. A file that is tried again replaces what was said of it. */
export function useUploads(conversationId: string, done: (attachment: { id: string; filename: string }) => void): Uploads {
  const environment = useEnvironment();
  const [list, setList] = useState<readonly Upload[]>([]);

  const start = async (file: File) => {
    const { name } = file;
    const key = newKey();
    const ending = new AbortController();
    const remove = () => setList((known) => known.filter((one) => one.key !== key));
    const change = (to: Partial<Upload>) => setList((known) => known.map((one) => (one.key === key ? { ...one, ...to } : one)));
    const close = () => {
      ending.abort();
      remove();
    };
    setList((known) => [
      ...known.filter((one) => one.problem === null || one.name !== name),
      { key, name, share: 0, problem: null, close },
    ]);
    try {
      const id = await upload(environment, file, { conversationId, signal: ending.signal, onProgress: (share) => change({ share }) });
      remove();
      if (!ending.signal.aborted) done({ id, filename: name });
    } catch (error) {
      if (!ending.signal.aborted) change({ problem: problemWith(name, error, environment.texts) });
    }
  };
  const add = (files: Iterable<File>) => {
    for (const file of files) void start(file);
  };
  return { list, add: useCallback(add, [conversationId, environment]) };
}

function problemWith(name: string, error: unknown, texts: Texts): string {
  const field = error instanceof RejectedFile ? error.field : null;
  if (field === 'contentType' || field === 'filename') return texts.fileType(name);
  return field === 'sizeBytes' ? texts.fileSize(name) : texts.fileFailed(name);
}

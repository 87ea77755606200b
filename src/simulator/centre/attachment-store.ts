import type { NewId } from '../random-id.js';
import { restoreAttachment, saveFile } from '../state/conversation-records.js';
import type { Journal } from '../state/journal.js';
import type { Attachment, Conversation, StoredFile } from './records.js';

/** Beyond this the oldest files are dropped, so that a simulator can run for days: 256 MiB. */
const MAX_STORED_BYTES = 268_435_456;

export interface AttachmentStoreOptions {
  readonly clock: () => number;
  readonly newId: NewId;
  readonly journal: Journal;
  /** The public download URL for a token. */
  readonly fileUrl: (token: string) => string;
}

/** An upload. */
export interface NewFile {
  readonly fileName: string;
  readonly contentType: string;
  readonly chunks: readonly Uint8Array[];
}

interface Entry {
  readonly conversation: Conversation;
  readonly token: string;
  readonly file: StoredFile;
}

/** Keeps the files of all conversations, in memory; those of an earlier process stay in its journal. */
export class AttachmentStore {
  readonly #options: AttachmentStoreOptions;
  /** By token, oldest first. */
  readonly #entries = new Map<string, Entry>();
  #stored = 0;

  constructor(options: AttachmentStoreOptions) {
    this.#options = options;
  }

  /** Stores a file of a conversation, which messages can then refer to. */
  add(conversation: Conversation, { fileName, contentType, chunks }: NewFile): Attachment {
    const { clock, newId, fileUrl, journal } = this.#options;
    const token = newId();
    const attachment = restoreAttachment({ id: newId(), token, fileName, contentType }, fileUrl);
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const file: StoredFile = { attachment, size, createdAt: clock(), chunks };
    journal.note('file', token, () => ({ value: saveFile(conversation.id, file), bytes: Buffer.concat(chunks) }));
    this.restore(conversation, file);
    return attachment;
  }

  /** Adds a file that is stored already. */
  restore(conversation: Conversation, file: StoredFile): void {
    const { id, token } = file.attachment;
    conversation.files.set(id, file);
    this.#entries.set(token, { conversation, token, file });
    this.#stored += file.size;
    this.#dropOldest();
  }

  /** The file whose `url` ends with this token. */
  byToken(token: string): StoredFile | undefined {
    return this.#entries.get(token)?.file;
  }

  #dropOldest(): void {
    for (const { conversation, token, file } of this.#entries.values()) {
      if (this.#stored <= MAX_STORED_BYTES) return;
      this.#entries.delete(token);
      conversation.files.delete(file.attachment.id);
      this.#options.journal.forget('file', token);
      this.#stored -= file.size;
    }
  }
}

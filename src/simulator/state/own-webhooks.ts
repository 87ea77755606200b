import type { Directory } from '../centre/directory.js';
import type { Journal } from './journal.js';
import { saveDirectory } from './restore.js';

/** The webhooks with the address that the simulator was started for: they follow it when it changes. Others keep theirs. */
export class OwnWebhooks {
  #uri: string | null;

  constructor(
    private readonly directory: Directory,
    private readonly journal: Journal,
    uri: string | null,
  ) {
    this.#uri = uri;
    this.recordDirectory();
  }

  move(uri: string): void {
    for (const webhook of this.directory.webhooks.values()) if (webhook.uri === this.#uri) webhook.uri = uri;
    this.#uri = uri;
    this.recordDirectory();
  }

  /** The directory may have changed. */
  recordDirectory(): void {
    this.journal.note('directory', 'plan', () => saveDirectory(this.directory, this.#uri));
  }
}

import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../domain/clock.js';

/** How long an upload may be begun after its ticket was issued: 15 min. */
export const UPLOAD_TTL_MS = 900_000;
/** How long a download works at least: 1 h. */
const DOWNLOAD_TTL_MS = 3_600_000;
/** Downloads expire on the full 10 min after that, so that the address of a file stays the same for a while, which caches and clients like. */
const DOWNLOAD_STEP_MS = 600_000;

/** The right to upload one file, once. */
export interface UploadGrant {
  readonly conversationId: string;
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly sender: 'CUSTOMER' | 'BOT';
}

/** The right to download one file. */
export interface DownloadGrant {
  readonly conversationId: string;
  readonly attachmentId: string;
}

export interface Ticket {
  readonly ticket: string;
  readonly expiresAt: Date;
}

/** The result of verifying a ticket. `INVALID`: not issued by this gateway, modified, or for another purpose. */
export type TicketVerification<T> = { readonly grant: T; readonly id: string } | 'INVALID' | 'EXPIRED';

interface Payload<T> {
  readonly kind: 'upload' | 'download';
  /** Names the ticket; empty where it may be used often. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly grant: T;
}

/**
 * Issues and verifies the tickets of `/uploads/{ticket}` and `/attachments/{ticket}`: `base64url(JSON).base64url(HMAC-SHA256)`. Whoever holds one may use it, so
 * they are short-lived. A gateway knows the tickets that were signed with its key, as it is at the moment; several behind one address have
 * the same.
 */
export class Tickets {
  constructor(
    private readonly key: () => Uint8Array,
    private readonly clock: Clock,
  ) {}

  forUpload(grant: UploadGrant): Ticket {
    return this.#signed({ kind: 'upload', id: randomUUID(), expiresAt: this.clock() + UPLOAD_TTL_MS, grant });
  }

  forDownload(grant: DownloadGrant): Ticket {
    const expiresAt = Math.ceil((this.clock() + DOWNLOAD_TTL_MS) / DOWNLOAD_STEP_MS) * DOWNLOAD_STEP_MS;
    return this.#signed({ kind: 'download', id: '', expiresAt, grant });
  }

  upload(ticket: string): TicketVerification<UploadGrant> {
    return this.#checked<UploadGrant>('upload', ticket);
  }

  download(ticket: string): TicketVerification<DownloadGrant> {
    return this.#checked<DownloadGrant>('download', ticket);
  }

  #signed(payload: Payload<unknown>): Ticket {
    const encoded = Buffer.from(JSON.stringify(payload)).toString('base64url');
    return { ticket: `${encoded}.${this.#sign(encoded).toString('base64url')}`, expiresAt: new Date(payload.expiresAt) };
  }

  #checked<T>(kind: Payload<T>['kind'], ticket: string): TicketVerification<T> {
    const [encoded = '', signature = '', ...more] = ticket.split('.');
    const expected = this.#sign(encoded);
    const given = Buffer.from(signature, 'base64url');
    if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return 'INVALID';
    // Ours: nobody else could have signed it.
    const payload = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8')) as Payload<T>;
    if (payload.kind !== kind) return 'INVALID';
    return payload.expiresAt <= this.clock() ? 'EXPIRED' : { grant: payload.grant, id: payload.id };
  }

  #sign(encoded: string): Buffer {
    return createHmac('sha256', this.key()).update(encoded).digest();
  }
}

/** Where it is kept which tickets were used, so that each is used once. */
export interface TicketStore {
  /** Marks the ticket as used; false if it was used already. `lifeMs`: how long it has to be remembered. */
  claim(id: string, lifeMs: number): boolean | Promise<boolean>;
  /** Makes it usable again, after an upload that failed. */
  release(id: string): void | Promise<void>;
}

/** Which tickets were used, so that each is used once. Kept in memory, for as long as a ticket lives. */
export class UsedTickets implements TicketStore {
  readonly #used = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Marks the ticket as used; false if it was used already. */
  claim(id: string, lifeMs: number): boolean {
    this.#forgetExpired();
    if (this.#used.has(id)) return false;
    this.#used.set(id, this.clock() + lifeMs);
    return true;
  }

  /** Makes it usable again, after an upload that failed. */
  release(id: string): void {
    this.#used.delete(id);
  }

  #forgetExpired(): void {
    const now = this.clock();
    for (const [id, until] of this.#used) {
      // In order of being claimed, and so of being forgotten.
      if (until > now) break;
      this.#used.delete(id);
    }
  }
}

/** The kind of file; `OTHER` for a value that is not known. */
export type AttachmentKind = 'IMAGE' | 'VIDEO' | 'AUDIO' | 'FILE' | 'OTHER';

/** A file in a conversation, as the upstream lists it. */
export interface AttachmentRecord {
  readonly attachmentId: string;
  readonly filename: string | null;
  /** Null if the upstream omits it; the Chat Gateway's contract does not promise it. */
  readonly contentType: string | null;
  /** Null if the upstream omits it. */
  readonly kind: AttachmentKind | null;
  readonly sizeBytes: number | null;
  readonly createdAt: Date | null;
}

/** The largest file that may be uploaded: 100 MiB. */
export const MAX_ATTACHMENT_BYTES = 104_857_600;

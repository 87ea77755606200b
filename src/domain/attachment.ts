/** What sort of file it is; `OTHER` for a word not known today. */
export type AttachmentKind = 'IMAGE' | 'VIDEO' | 'AUDIO' | 'FILE' | 'OTHER';

/** A file in a conversation, as the upstream lists it. */
export interface AttachmentRecord {
  readonly attachmentId: string;
  readonly filename: string | null;
  /** Null where the upstream does not tell, and the Chat Gateway never promises to. */
  readonly contentType: string | null;
  /** Null where the upstream does not say. */
  readonly kind: AttachmentKind | null;
  readonly sizeBytes: number | null;
  readonly createdAt: Date | null;
}

/** The largest file that may be uploaded: 100 MiB. */
export const MAX_ATTACHMENT_BYTES = 104_857_600;

/** How one message is called, wherever it is met. */
export interface MessageIdentity {
  /** Unique in its conversation; given at the first sighting, in history or as an event, and never changed. */
  readonly id: string;
  /** What the upstream's history calls it; null while history has not listed it. */
  readonly listedId: string | null;
  /** As given to `sendMessage`; null where it was not, or was sent by others. */
  readonly clientMessageId: string | null;
}

/** A message seen in the upstream's history, as far as alignment needs it. */
export interface ListedMessage {
  readonly listedId: string;
  /** By `messageDigest`. */
  readonly digest: string;
  readonly createdAt: Date | null;
}

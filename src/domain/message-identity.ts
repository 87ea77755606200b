/** The ids of one message, in history and events alike. */
export interface MessageIdentity {
  /** Unique in its conversation; assigned when the message is first seen, in history or as an event, and never changed. */
  readonly id: string;
  /** Its id in the upstream's history; null until history lists it. */
  readonly listedId: string | null;
  /** As passed to `sendMessage`; null if none was, or if someone else sent it. */
  readonly clientMessageId: string | null;
}

/** What is shared of a record that holds more. */
export const toMessageIdentity = ({ id, listedId, clientMessageId }: MessageIdentity): MessageIdentity => ({
  id,
  listedId,
  clientMessageId,
});

/** The identity of a listed message that no event has shown before. */
export const derivedId = (listedId: string): string => `m${listedId}`;

/** A message in the upstream's history, as far as matching needs it. */
export interface ListedMessage {
  readonly listedId: string;
  /** By `messageDigest`. */
  readonly digest: string;
  readonly createdAt: Date | null;
}

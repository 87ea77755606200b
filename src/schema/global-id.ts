import { toBase64url } from '../domain/base64url.js';

/** What a global id can name. */
export type NodeType = 'Conversation' | 'Message' | 'Interaction' | 'Participant' | 'Agent' | 'Channel' | 'Webhook' | 'Attachment';

export interface GlobalId {
  readonly type: NodeType;
  /** From the outermost to the innermost: for a message, say, its conversation's id and its key. */
  readonly parts: readonly string[];
}

const PARTS: Readonly<Record<NodeType, number>> = {
  Conversation: 1,
  Message: 2,
  Interaction: 2,
  Participant: 3,
  Agent: 1,
  Channel: 1,
  Webhook: 1,
  Attachment: 2,
};

/** The opaque id of a node: base64url of its type and, percent-encoded, its parts. */
export function toGlobalId(type: NodeType, ...parts: string[]): string {
  let text: string = type;
  for (const part of parts) text += `:${encoded(part)}`;
  return toBase64url(text);
}

/** Most ids are plain, and to see that costs less than to encode them. */
const encoded = (part: string): string => (/^[\w.~-]*$/.test(part) ? part : encodeURIComponent(part));

/** Null: this is no global id. A vendor id is none, unless the vendor began to give base64url of our type names. */
export function fromGlobalId(id: string): GlobalId | null {
  if (!/^[A-Za-z0-9_-]{8,2048}$/.test(id)) return null;
  const [type, ...fields] = Buffer.from(id, 'base64url').toString('utf8').split(':');
  if (type === undefined || !Object.hasOwn(PARTS, type) || fields.length !== PARTS[type as NodeType]) return null;
  try {
    const parts = fields.map(decodeURIComponent);
    return toGlobalId(type as NodeType, ...parts) === id ? { type: type as NodeType, parts } : null;
  } catch {
    return null;
  }
}

/** The vendor's id in an id argument, which may hold either form; null when it is the global id of something else. */
export function vendorId(type: NodeType, id: string): string | null {
  const global = fromGlobalId(id);
  if (global === null) return id;
  return global.type === type ? (global.parts.at(-1) ?? null) : null;
}

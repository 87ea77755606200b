import { toBase64url } from '../domain/base64url.js';
import { percentEncode } from '../domain/percent-encode.js';

/** The types that have global ids. */
export type NodeType = 'Conversation' | 'Message' | 'Interaction' | 'Participant' | 'Agent' | 'Channel' | 'Webhook' | 'Attachment';

export interface GlobalId {
  readonly type: NodeType;
  /** Outermost first: for a message, for example, the id of its conversation and its key. */
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

/** Encodes the opaque id of a node: base64url of its type and its percent-encoded parts. */
export function toGlobalId(type: NodeType, ...parts: string[]): string {
  let text: string = type;
  for (const part of parts) text += `:${encodePart(part)}`;
  return toBase64url(text);
}

/** Most ids need no encoding, and checking that is cheaper than encoding. */
const encodePart = (part: string): string => (/^[\w.~-]*$/.test(part) ? part : percentEncode(part));

/** Decodes a global id; null if it is not one. A vendor id could be mistaken for one only if it were the base64url of one of our type names. */
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

/** The vendor's id from an id argument, which accepts both forms; null if it is the global id of another type. */
export function vendorId(type: NodeType, id: string): string | null {
  const global = fromGlobalId(id);
  if (global === null) return id;
  return global.type === type ? (global.parts.at(-1) ?? null) : null;
}

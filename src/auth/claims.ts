import { createHash } from 'node:crypto';
import { dateAt } from '../domain/date-at.js';
import { UnauthenticatedError } from '../domain/errors.js';
import { MAX_CONVERSATIONS } from './token-settings.js';
import type { Viewer, ViewerRole } from './viewer.js';

/** The claims of a token whose signature is verified. */
export type Claims = Readonly<Record<string, unknown>>;

/** The vendor's id of a conversation from either form of id; null if it is the global id of another type, or no id. */
export type ToConversationId = (id: string) => string | null;

/** The role for each word in `scope` or `scp`. The highest one counts. */
const ROLES: readonly (readonly [scope: string, role: Exclude<ViewerRole, 'ANONYMOUS'>])[] = [
  ['chat:admin', 'ADMIN'],
  ['chat:service', 'SERVICE'],
  ['chat:customer', 'CUSTOMER'],
];
export const SCOPES = ROLES.map(([scope]) => scope);
const MAX_TEXT = 255;

/** The viewer that a token with these claims identifies. Throws `UnauthenticatedError` that names the claim which is wrong. */
export function viewerOfClaims(claims: Claims, toConversationId: ToConversationId): Viewer {
  const role = findRole([...splitScope(claims['scope']), ...splitScope(claims['scp'])]);
  const subject = parseText('sub', claims['sub']);
  const expiresAt = parseExpiry(claims['exp']);
  if (role !== 'CUSTOMER') {
    const identity = subject === null ? role : `${role} ${subject}`;
    return { role, subject, conversationIds: null, customerId: null, expiresAt, identity, rightsKey: role };
  }
  const customerId = parseText('customer_id', claims['customer_id']);
  const listed = parseConversations(claims['conversations'], toConversationId);
  const conversationIds = listed ?? (customerId === null ? [] : null);
  const rightsKey = `CUSTOMER ${digestRights([customerId, conversationIds])}`;
  const identity = subject === null ? rightsKey : `CUSTOMER ${subject}`;
  return { role, subject, conversationIds, customerId, expiresAt, identity, rightsKey };
}

function parseExpiry(exp: unknown): Date {
  const expiresAt = dateAt(Number(exp) * 1_000);
  if (expiresAt === null) throw new UnauthenticatedError("The token's `exp` must be seconds since 1970, in the year 9999 at the latest.");
  return expiresAt;
}

/** `scp` is what Azure and Okta call `scope`. */
const splitScope = (scope: unknown): readonly unknown[] =>
  typeof scope === 'string' ? scope.split(' ') : Array.isArray(scope) ? scope : [];

function findRole(words: readonly unknown[]): Exclude<ViewerRole, 'ANONYMOUS'> {
  const role = ROLES.find(([word]) => words.includes(word))?.[1];
  if (role === undefined) throw new UnauthenticatedError(`Token scope (\`scope\` or \`scp\`) must contain one of ${SCOPES.join(', ')}.`);
  return role;
}

function parseText(claim: string, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && value !== '' && value.length <= MAX_TEXT) return value;
  throw new UnauthenticatedError(`The token's \`${claim}\` must be a string of 1 to ${MAX_TEXT} characters.`);
}

/** Sorted and unique; null if the token lacks the claim. */
function parseConversations(value: unknown, toConversationId: ToConversationId): readonly string[] | null {
  if (value === undefined || value === null) return null;
  const values: unknown[] = Array.isArray(value) ? value : [null];
  const ids = values.map((id) => (typeof id === 'string' && id !== '' ? toConversationId(id) : null));
  const known = ids.filter((id) => id !== null);
  if (known.length < ids.length || ids.length > MAX_CONVERSATIONS)
    throw new UnauthenticatedError(`The token's \`conversations\` must be a list of ${MAX_CONVERSATIONS} ids of conversations at most.`);
  return [...new Set(known)].sort();
}

const digestRights = (rights: unknown): string => createHash('sha256').update(JSON.stringify(rights)).digest('base64url');

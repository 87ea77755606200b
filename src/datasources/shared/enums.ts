import type { AttachmentKind } from '../../domain/attachment.js';
import type { ChannelType } from '../../domain/channel.js';
import type { Assignment, AssignmentType, ParticipantType } from '../../domain/conversation.js';
import type { Customer, Property } from '../../domain/customer.js';
import { asId, asList, asNumber, asRecord, asText } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';

/*
 * The vendor's enum values and small objects that its REST responses and its webhook events share. Case does not matter, and an unknown value is never an error.
 */

const PARTICIPANT_TYPES: ReadonlyMap<string, ParticipantType> = new Map([
  ['user', 'CUSTOMER'],
  ['customer', 'CUSTOMER'],
  ['agent', 'AGENT'],
  ['bot', 'BOT'],
  ['system', 'SYSTEM'],
]);

const CHANNEL_TYPES: ReadonlyMap<string, ChannelType> = new Map([
  ['chatapi', 'CHAT_API'],
  ['webchat', 'WEB_CHAT'],
  ['sms', 'SMS'],
  ['whatsapp', 'WHATSAPP'],
  ['facebook', 'FACEBOOK'],
  ['twitter', 'TWITTER'],
  ['viber', 'VIBER'],
  ['rcs', 'RCS'],
  ['email', 'EMAIL'],
]);

const ASSIGNMENT_TYPES: ReadonlyMap<string, AssignmentType> = new Map([
  ['queue', 'QUEUE'],
  ['agent', 'AGENT'],
  ['script', 'SCRIPT'],
  ['webhook', 'WEBHOOK'],
]);

const ATTACHMENT_KINDS: ReadonlyMap<string, AttachmentKind> = new Map([
  ['image', 'IMAGE'],
  ['video', 'VIDEO'],
  ['audio', 'AUDIO'],
  ['file', 'FILE'],
]);

const lowerCase = (raw: unknown): string => asText(raw)?.toLowerCase() ?? '';

/** A participant's type: `user`, `agent`, `bot`, `system`; anything else is `OTHER`. */
export function participantType(raw: unknown): ParticipantType {
  return PARTICIPANT_TYPES.get(lowerCase(raw)) ?? 'OTHER';
}

/** A channel's type (`ChatAPI`, `SMS`, `WhatsApp`, …); anything else is `OTHER`. */
export function channelType(raw: unknown): ChannelType {
  return CHANNEL_TYPES.get(lowerCase(raw)) ?? 'OTHER';
}

/** An assignment's type: `queue`, `script`, `agent`, `webhook`; anything else is `OTHER`. */
export function assignmentType(raw: unknown): AssignmentType {
  return ASSIGNMENT_TYPES.get(lowerCase(raw)) ?? 'OTHER';
}

/** An attachment's `type` is its kind (`image`, `video`, `audio`, `file`) or a media type, which implies one. */
export function attachmentType(raw: unknown): { readonly contentType: string | null; readonly kind: AttachmentKind | null } {
  const type = asId(raw);
  if (type === null) return { contentType: null, kind: null };
  const [main = ''] = type.toLowerCase().split('/');
  const isMediaType = type.includes('/');
  return { contentType: isMediaType ? type : null, kind: ATTACHMENT_KINDS.get(main) ?? (isMediaType ? 'FILE' : 'OTHER') };
}

/** `{type, id}` or `{type, resourceId}`; null if it names no target. */
export function assignment(raw: unknown): Assignment | null {
  const record = asRecord(raw);
  const targetId = asId(record?.['id']) ?? asId(record?.['resourceId']);
  return record === null || targetId === null ? null : { type: assignmentType(record['type']), targetId };
}

/** The fields of a customer that both generations call alike. */
export function customerTexts(raw: UnknownRecord): Pick<Customer, 'name' | 'email' | 'phone' | 'company' | 'caseId' | 'language'> {
  return {
    name: asText(raw['name']),
    email: asText(raw['email']),
    phone: asText(raw['phone']),
    company: asText(raw['company']),
    caseId: asText(raw['caseId']),
    language: asText(raw['language']),
  };
}

/** The Chat Gateway's `user`: known keys, and `additionalProperties` as `[{key, value}]`. Null if it is not an object. */
export function customerFromUser(raw: unknown): Customer | null {
  const user = asRecord(raw);
  if (user === null) return null;
  return {
    ...customerTexts(user),
    customerId: asId(user['userId']),
    timezoneOffsetMinutes: offsetMinutes(user['timezoneOffset']),
    ipAddress: asId(user['ipaddress']),
    properties: asList(user['additionalProperties']).flatMap(property),
  };
}

/** In whole minutes; null if it is not a whole number, or is further from UTC than a day. */
function offsetMinutes(raw: unknown): number | null {
  const minutes = asNumber(raw);
  return minutes !== null && Number.isInteger(minutes) && Math.abs(minutes) <= 1_440 ? minutes : null;
}

function property(raw: unknown): Property[] {
  const record = asRecord(raw);
  const key = asText(record?.['key']) ?? null;
  return record === null || key === null ? [] : [{ key, value: asText(record['value']) }];
}

import type { AttachmentRecord } from '../../domain/attachment.js';
import { asCount, asId, asRecord, asTime } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import { attachmentType } from '../shared/enums.js';
import type { AttachmentContent, NewAttachment, ReadOptions } from '../chat-api.js';
import { UPSTREAM_PAGE_SIZE } from '../paged-window.js';
import type { UpstreamCalls } from '../upstream/upstream-call.js';
import { outcomeUnknown } from '../upstream/upstream-errors.js';
import type { StreamedCalls } from '../upstream/upstream-streams.js';
import { resource } from '../shared/json-body.js';
import { embeddedPage } from './hal.js';
import { attachmentBody } from './multipart.js';
import { changedConversation, conversationPath } from './paths.js';

/** How many pages are read: beyond 1,000 files, one goes without name and size. */
const MAX_PAGES = 10;

/** All files of a conversation in order of id, which is what the contract sorts them by; in one call where they are 100 at most. */
export async function attachments(client: UpstreamCalls, conversationId: string, read: ReadOptions): Promise<readonly AttachmentRecord[]> {
  const path = conversationPath(conversationId, 'attachments');
  if (path === null) return [];
  const found: AttachmentRecord[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = { size: UPSTREAM_PAGE_SIZE, page, sort: 'id:asc' };
    const body = await client.read({ operation: 'attachments.list', path, query, ...read });
    if (body === null) break;
    const { items, total } = embeddedPage(body, 'attachments', (raw) => attachmentRecord(raw, asId(raw['id'])));
    found.push(...items);
    if (items.length < UPSTREAM_PAGE_SIZE || found.length >= (total ?? Infinity)) break;
  }
  return found;
}

/** One file's name, size and time; null where there is none. */
export async function attachment(
  client: UpstreamCalls,
  conversationId: string,
  attachmentId: string,
  read: ReadOptions,
): Promise<AttachmentRecord | null> {
  const path = conversationPath(conversationId, 'attachments', attachmentId);
  const body = path === null ? null : await client.read({ operation: 'attachments.get', path, ...read });
  return body === null ? null : attachmentRecord(resource(body), attachmentId);
}

/** A file's bytes; null where there is none. */
export async function attachmentContent(
  streams: StreamedCalls,
  conversationId: string,
  attachmentId: string,
): Promise<AttachmentContent | null> {
  const path = conversationPath(conversationId, 'attachments', attachmentId, 'content');
  return path === null ? null : streams.download({ operation: 'attachments.content', path });
}

/** Uploads a file. Rejects with `OutcomeUnknownError` also where the answer does not name it. */
export async function uploadAttachment(
  streams: StreamedCalls,
  conversationId: string,
  uploaded: NewAttachment,
): Promise<{ attachmentId: string }> {
  const target = changedConversation(conversationId, 'attachments');
  const answer = asRecord(await streams.upload({ operation: 'attachments.create', accepts: 200, ...target, ...attachmentBody(uploaded) }));
  const attachmentId = asId(answer?.['id']);
  if (attachmentId === null) throw outcomeUnknown('an answer that does not name the attachment created');
  return { attachmentId };
}

function attachmentRecord(raw: UnknownRecord, attachmentId: string): AttachmentRecord;
function attachmentRecord(raw: UnknownRecord, attachmentId: string | null): AttachmentRecord | null;
function attachmentRecord(raw: UnknownRecord, attachmentId: string | null): AttachmentRecord | null {
  if (attachmentId === null) return null;
  // The contract requires `size` and `type` and defines `sizeInBytes` and no type.
  const sizeBytes = asCount(raw['sizeInBytes']) ?? asCount(raw['size']);
  const type = attachmentType(raw['contentType']);
  const { contentType, kind } = type.contentType === null ? attachmentType(raw['type']) : type;
  return {
    attachmentId,
    filename: asId(raw['filename']) ?? asId(raw['fileName']),
    contentType,
    kind: kind ?? type.kind,
    sizeBytes,
    createdAt: asTime(raw['createdAt']),
  };
}

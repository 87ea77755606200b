import { once } from 'node:events';
import { request } from 'node:http';
import type { ClientRequest } from 'node:http';
import {
  CreateAttachmentUploadDocument,
  CreateConversationDocument,
  MessageContentDocument,
  SendMessageDocument,
} from '../operations/operations.generated.js';
import type { AttachmentFieldsFragment, CreateAttachmentUploadInput } from '../operations/operations.generated.js';
import type { RunningGateway } from '../support/running-gateway.js';

/** A new conversation's id, and the cursor of its origin. */
export async function createConversation(gateway: RunningGateway): Promise<{ id: string; origin: string }> {
  const input = { channelId: gateway.simulator.channelId, customer: { name: 'Mia' } };
  const { conversation, cursor } = (await gateway.get(CreateConversationDocument, { input })).createConversation;
  if (conversation === null || cursor === null) throw new Error('not created');
  return { id: conversation.conversationId, origin: cursor };
}

export async function prepareUpload(gateway: RunningGateway, input: Partial<CreateAttachmentUploadInput> & { conversationId: string }) {
  const defaults = { filename: 'a b.pdf', contentType: 'application/pdf', sizeBytes: 5 };
  return (await gateway.get(CreateAttachmentUploadDocument, { input: { ...defaults, ...input } })).createAttachmentUpload;
}

/** Where an upload may go. */
export async function uploadUrl(gateway: RunningGateway, input: Partial<CreateAttachmentUploadInput> & { conversationId: string }) {
  const { uploadUrl, userErrors } = await prepareUpload(gateway, input);
  if (uploadUrl === null) throw new Error(`no ticket: ${JSON.stringify(userErrors)}`);
  return uploadUrl;
}

export interface Put {
  readonly status: number;
  readonly body: { readonly attachmentId?: string; readonly error?: string; readonly code?: string };
}

export async function put(url: string, content: string): Promise<Put> {
  const response = await fetch(url, { method: 'PUT', body: content });
  return { status: response.status, body: (await response.json()) as Put['body'] };
}

/** A PUT whose body is sent piece by piece; of unknown length without `length`. */
export function begunPut(url: string, length?: number): ClientRequest {
  const headers = length === undefined ? {} : { 'content-length': length };
  const begun = request(url, { method: 'PUT', agent: false, headers });
  begun.on('error', () => undefined);
  return begun;
}

export async function statusOf(begun: ClientRequest): Promise<number | undefined> {
  const [response] = (await once(begun, 'response')) as [{ statusCode?: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

/** Uploads `hello` and sends it in a message; returns the attachment as the history has it. */
export async function sentFile(gateway: RunningGateway, conversationId: string, filename = 'a b.pdf', contentType = 'application/pdf') {
  const { body } = await put(await uploadUrl(gateway, { conversationId, filename, contentType }), 'hello');
  const attachmentIds = [body.attachmentId ?? ''];
  const { sendMessage } = await gateway.get(SendMessageDocument, { input: { conversationId, attachmentIds, sendAs: 'CUSTOMER' } });
  if (sendMessage.userErrors.length > 0) throw new Error(JSON.stringify(sendMessage.userErrors));
  return onlyAttachment(gateway, conversationId);
}

/** The attachment of the last message. */
export async function onlyAttachment(gateway: RunningGateway, conversationId: string): Promise<AttachmentFieldsFragment> {
  const { conversation } = await gateway.get(MessageContentDocument, { id: conversationId });
  const attachment = conversation?.messages?.nodes.at(-1)?.attachments[0];
  if (attachment === undefined) throw new Error('no attachment');
  return attachment;
}

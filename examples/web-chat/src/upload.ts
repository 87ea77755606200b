import { CreateAttachmentUploadDocument } from 'chat-graphql-gateway-client/documents';
import type { Environment } from './environment';

/** Why a file was not sent; `field` names what the gateway rejects. */
export class RejectedFile extends Error {
  constructor(readonly field: string | null) {
    super('The gateway rejected the file.');
  }
}

interface UploadOptions {
  readonly conversationId: string;
  readonly signal: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/**
 * Requests an upload URL, then sends the bytes to it.
 *
 * @returns the id of the attachment to send
 * @throws RejectedFile if it is not accepted; another error if it could not be sent, or was aborted
 */
export async function upload(environment: Environment, file: File, { conversationId, signal, onProgress }: UploadOptions): Promise<string> {
  const contentType = file.type === '' ? 'application/octet-stream' : file.type;
  const { createAttachmentUpload } = await environment.source.request(CreateAttachmentUploadDocument, {
    input: { conversationId, filename: file.name, contentType, sizeBytes: file.size, sendAs: 'CUSTOMER' },
  });
  const { uploadUrl, userErrors } = createAttachmentUpload;
  if (uploadUrl === null) throw new RejectedFile(userErrors[0]?.field?.at(-1) ?? null);
  const { attachmentId } = await put(environment.uploadAddress(uploadUrl), file, { signal, onProgress });
  if (attachmentId === undefined) throw new RejectedFile(null);
  return attachmentId;
}

/** By XMLHttpRequest, since `fetch` does not report the progress of an upload. */
function put(
  url: string,
  file: File,
  { signal, onProgress }: Pick<UploadOptions, 'signal' | 'onProgress'>,
): Promise<{ attachmentId?: string }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / total);
    request.onload = () => resolve((request.response ?? {}) as { attachmentId?: string });
    request.onerror = request.onabort = () => reject(new Error('The upload was interrupted.'));
    // Cancelled while the URL was requested.
    if (signal.aborted) return reject(new Error('The upload was cancelled.'));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

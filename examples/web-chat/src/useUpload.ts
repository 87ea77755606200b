import { useApolloClient } from '@apollo/client/react';
import { CreateAttachmentUploadDocument } from 'chat-graphql-gateway-client/documents';
import { useState } from 'react';
import { uploadAddress } from './gateway';

/** Text about the upload in progress or failed; empty if none. */
type Progress = string;

/** Uploads one file at a time; `done` receives the attachment to send. */
export function useUpload(conversationId: string, done: (attachment: { id: string; filename: string }) => void) {
  const apollo = useApolloClient();
  const [progress, setProgress] = useState<Progress>('');

  /** Requests an upload URL, then sends the bytes to it. */
  async function upload(file: File): Promise<string> {
    const contentType = file.type === '' ? 'application/octet-stream' : file.type;
    const { data } = await apollo.mutate({
      mutation: CreateAttachmentUploadDocument,
      variables: { input: { conversationId, filename: file.name, contentType, sizeBytes: file.size, sendAs: 'CUSTOMER' } },
    });
    const { uploadUrl, userErrors = [] } = data?.createAttachmentUpload ?? {};
    if (!uploadUrl) throw new Error(userErrors.map(({ message }) => message).join(' '));
    const response = await fetch(uploadAddress(uploadUrl), { method: 'PUT', body: file });
    const { attachmentId, error } = (await response.json()) as { attachmentId?: string; error?: string };
    if (attachmentId === undefined) throw new Error(error ?? 'The upload was rejected.');
    return attachmentId;
  }

  async function start(file: File): Promise<void> {
    setProgress(`Sending ${file.name}…`);
    try {
      done({ id: await upload(file), filename: file.name });
      setProgress('');
    } catch (error) {
      setProgress(`${file.name} was not sent. ${error instanceof Error ? error.message : ''}`);
    }
  }

  return { progress, start };
}

import { randomUUID } from 'node:crypto';
import type { NewAttachment } from '../chat-api.js';
import { AUTHOR_TYPES } from './request-bodies.js';

/** A `multipart/form-data` body (RFC 7578) whose length is known before its file has been read. */
export interface MultipartBody {
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The parts that the contract asks for: `authorType`, and the file as `attachment`. The body ends as a whole only if the file's bytes do. */
export function attachmentBody({ sender, filename, contentType, sizeBytes, bytes }: NewAttachment): MultipartBody {
  const boundary = `gateway-${randomUUID()}`;
  const head = Buffer.from(
    [
      `--${boundary}`,
      'Content-Disposition: form-data; name="authorType"',
      '',
      AUTHOR_TYPES[sender],
      `--${boundary}`,
      `Content-Disposition: form-data; name="attachment"; filename="${quotable(filename)}"`,
      `Content-Type: ${contentType}`,
      '',
      '',
    ].join('\r\n'),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': head.length + sizeBytes + tail.length,
    },
    body: inTurn(head, bytes, tail),
  };
}

/** As browsers write it, in UTF-8 (WHATWG HTML, multipart form data): what would end the quoted name, or its line, is percent-encoded. */
function quotable(filename: string): string {
  return filename.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

async function* inTurn(head: Uint8Array, bytes: AsyncIterable<Uint8Array>, tail: Uint8Array): AsyncGenerator<Uint8Array> {
  yield head;
  yield* bytes;
  yield tail;
}

import type { IncomingMessage } from 'node:http';
import type { ExternalBufferGc } from '../internals/external-buffer-gc.js';
import { HttpError } from './http-error.js';

/**
 * The body of a request, which must have exactly `size` bytes. Fails with `HttpError` (400) before more than that are yielded, at an end that comes too early, and
 * where the client breaks off. The request itself is left open, so that it can still be answered.
 */
export async function* exactLengthBody(request: IncomingMessage, size: number, garbage: ExternalBufferGc): AsyncGenerator<Uint8Array> {
  let count = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      count += chunk.length;
      if (count > size) break;
      yield chunk;
      garbage.count(chunk.length);
    }
  } catch {
    throw new HttpError(400, 'Upload aborted.');
  }
  if (count !== size) throw sizeMismatch(size);
}

/** The body is not as long as was said when the ticket was asked for. */
export function sizeMismatch(size: number): HttpError {
  return new HttpError(400, `Expected exactly ${size} bytes (declared \`sizeBytes\`).`);
}

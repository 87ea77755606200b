import { Busboy } from '@fastify/busboy';
import type { BusboyInstance } from '@fastify/busboy';
import { InvalidRequest } from './fields.js';

/** One part of a form. */
export interface FormPart {
  readonly name: string;
  /** Undefined if the part is not a file. */
  readonly filename: string | undefined;
  /** Undefined if the part is not a file; `text/plain` if a file has none (RFC 7578 section 4.4). */
  readonly contentType: string | undefined;
  /** In the order in which they arrived. */
  readonly chunks: readonly Buffer[];
  readonly size: number;
}

export interface FormLimits {
  /** Of the whole body. */
  readonly maxBytes: number;
}

/** A form that exceeds `maxBytes`. */
export class FormTooLarge extends Error {
  override readonly name = 'FormTooLarge';
  readonly statusCode = 413;
}

/**
 * Reads `multipart/form-data` (RFC 7578). A part without a name is ignored.
 *
 * @throws InvalidRequest if the body is no such form, or ends before its last boundary
 * @throws FormTooLarge as soon as the body exceeds the limit
 * @throws whatever `body` fails with
 */
export async function readForm(contentType: string, body: AsyncIterable<Buffer>, { maxBytes }: FormLimits): Promise<readonly FormPart[]> {
  const parser = createParser(contentType);
  const parts: FormPart[] = [];
  parser.on('field', (name, value) => parts.push({ name, filename: undefined, contentType: undefined, ...inOneChunk(value) }));
  parser.on('file', (name, stream, filename, _encoding, type) => {
    const part = { name, filename: unescapeFilename(filename), contentType: type, chunks: [] as Buffer[], size: 0 };
    parts.push(part);
    stream.on('data', (chunk: Buffer) => {
      part.chunks.push(chunk);
      part.size += chunk.length;
    });
  });
  const finished = new Promise<void>((resolve, reject) => {
    parser.once('finish', resolve);
    parser.on('error', () => {
      reject(malformed('ends before its last boundary'));
    });
  });
  // It is awaited below, unless reading the body fails first.
  finished.catch(() => undefined);
  let total = 0;
  for await (const chunk of body) {
    total += chunk.length;
    if (total > maxBytes) throw new FormTooLarge(`A form must not exceed ${maxBytes} bytes.`);
    parser.write(chunk);
  }
  parser.end();
  await finished;
  return parts;
}

function createParser(contentType: string): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      preservePath: true,
      isPartAFile: (_name, _type, filename) => filename !== undefined,
    });
  } catch {
    throw malformed('has no boundary');
  }
}

function inOneChunk(text: string): Pick<FormPart, 'chunks' | 'size'> {
  const chunk = Buffer.from(text);
  return { chunks: [chunk], size: chunk.length };
}

/** Browsers escape these three characters (HTML, "multipart/form-data encoding algorithm"). */
function unescapeFilename(filename: string): string {
  return filename.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n');
}

function malformed(message: string): InvalidRequest {
  return new InvalidRequest([{ field: '', code: 'wrong_type', message }]);
}

import { InvalidRequest } from './fields.js';

/** One part of a form. */
export interface FormPart {
  readonly name: string;
  /** Undefined where the part is no file. */
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  /** As they came in, one after the other. */
  readonly chunks: readonly Buffer[];
  readonly size: number;
}

/** What a form may hold. */
export interface FormLimits {
  /** Of all parts together. */
  readonly maxBytes: number;
}

const LINE_END = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');
const MAX_HEAD_BYTES = 16_384;

/** A form that is larger than it may be. */
export class FormTooLarge extends Error {
  override readonly name = 'FormTooLarge';
  readonly statusCode = 413;
}

/**
 * Reads `multipart/form-data` (RFC 7578, RFC 2046) piece by piece, as it comes in.
 *
 * @throws InvalidRequest where it is none, or ends before its last boundary; whatever `body` fails with
 */
export async function readForm(contentType: string, body: AsyncIterable<Buffer>, limits: FormLimits): Promise<readonly FormPart[]> {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  if (boundary === null) throw malformed('has no boundary');
  const parser = new FormParser(boundary[1] ?? boundary[2] ?? '', limits);
  for await (const chunk of body) parser.push(chunk);
  return parser.finish();
}

interface OpenPart {
  readonly head: Omit<FormPart, 'chunks' | 'size'>;
  readonly chunks: Buffer[];
  size: number;
}

/** What is not decided yet lies in `rest`: a head that is not whole, or what may prove to be the beginning of a boundary. */
class FormParser {
  readonly #delimiter: Buffer;
  readonly #limits: FormLimits;
  readonly #parts: FormPart[] = [];
  #rest: Buffer;
  #part: OpenPart | null = null;
  #state: 'preamble' | 'after-boundary' | 'head' | 'body' | 'over' = 'preamble';
  #total = 0;

  constructor(boundary: string, limits: FormLimits) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
    this.#limits = limits;
    // The first boundary may stand at the very beginning, without a line before it.
    this.#rest = LINE_END;
  }

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#step());
  }

  finish(): readonly FormPart[] {
    if (this.#state !== 'over') throw malformed('ends before its last boundary');
    return this.#parts;
  }

  /** Takes one thing off `rest`; false where more is needed for it. */
  #step(): boolean {
    switch (this.#state) {
      case 'preamble':
      case 'body':
        return this.#content();
      case 'after-boundary':
        return this.#afterBoundary();
      case 'head':
        return this.#head();
      case 'over':
        this.#rest = Buffer.alloc(0);
        return false;
    }
  }

  #content(): boolean {
    const end = this.#rest.indexOf(this.#delimiter);
    const decided = end === -1 ? Math.max(0, this.#rest.length - this.#delimiter.length) : end;
    this.#keep(this.#rest.subarray(0, decided));
    this.#rest = this.#rest.subarray(end === -1 ? decided : end + this.#delimiter.length);
    if (end === -1) return false;
    if (this.#part !== null) this.#parts.push({ ...this.#part.head, chunks: this.#part.chunks, size: this.#part.size });
    this.#part = null;
    this.#state = 'after-boundary';
    return true;
  }

  #keep(bytes: Buffer): void {
    if (this.#part === null || bytes.length === 0) return;
    this.#total += bytes.length;
    if (this.#total > this.#limits.maxBytes) throw new FormTooLarge(`A form may hold ${this.#limits.maxBytes} bytes at most.`);
    this.#part.chunks.push(bytes);
    this.#part.size += bytes.length;
  }

  #afterBoundary(): boolean {
    if (this.#rest.length < 2) return false;
    const mark = this.#rest.subarray(0, 2).toString('latin1');
    if (mark !== '--' && mark !== '\r\n') throw malformed('has a boundary that goes on');
    this.#rest = this.#rest.subarray(2);
    this.#state = mark === '--' ? 'over' : 'head';
    return true;
  }

  #head(): boolean {
    const end = this.#rest.indexOf(HEAD_END);
    if (end === -1) {
      if (this.#rest.length > MAX_HEAD_BYTES) throw malformed('has a part whose head does not end');
      return false;
    }
    this.#part = { head: readHead(this.#rest.subarray(0, end).toString('utf8')), chunks: [], size: 0 };
    this.#rest = this.#rest.subarray(end + HEAD_END.length);
    this.#state = 'body';
    return true;
  }
}

function readHead(head: string): OpenPart['head'] {
  const headers = new Map(
    head.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const disposition = headers.get('content-disposition') ?? '';
  const name = /^form-data\b.*;\s*name="([^"]*)"/i.exec(disposition)?.[1];
  if (name === undefined) throw malformed('has a part without a name');
  const filename = /;\s*filename="([^"]*)"/i.exec(disposition)?.[1];
  return { name, filename: filename === undefined ? undefined : unescaped(filename), contentType: headers.get('content-type') };
}

/** As browsers escape it. */
function unescaped(text: string): string {
  return text.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n');
}

function malformed(message: string): InvalidRequest {
  return new InvalidRequest([{ field: '', code: 'wrong_type', message }]);
}

import { EVENT_STREAM, MULTIPART } from './stream-format.js';
import type { StreamFormat } from './stream-format.js';

/** What an `Accept` header asks subscriptions for: the format that it prefers of those that we speak. Null if it accepts none of them. */
export function acceptedFormat(accept: string | undefined): StreamFormat | null {
  let best: { readonly format: StreamFormat; readonly quality: number } | null = null;
  for (const range of accept?.split(',') ?? []) {
    const { type, parameters } = parsed(range);
    const quality = Number(parameters.get('q') ?? 1);
    const format = findFormat(type, parameters);
    if (format !== null && quality > (best?.quality ?? 0)) best = { format, quality };
  }
  return best?.format ?? null;
}

/** What no header is without that asks for a stream: nearly all have neither, and are parsed no further. */
const NAMES_A_STREAM = /multipart\/|text\/event-stream/i;

/** Whether an `Accept` header names a format of streams and nothing that a single result can be answered in. */
export function acceptsStreamsOnly(accept: string | undefined): boolean {
  if (accept === undefined || !NAMES_A_STREAM.test(accept)) return false;
  const types = accept.split(',').map((range) => parsed(range).type);
  return types.some((type) => isStream(type)) && types.every((type) => isStream(type) || type === '');
}

const isStream = (type: string): boolean => type.startsWith('multipart/') || type === 'text/event-stream';

function findFormat(type: string, parameters: ReadonlyMap<string, string>): StreamFormat | null {
  if (type === 'text/event-stream') return EVENT_STREAM;
  return type === 'multipart/mixed' && parameters.get('subscriptionspec') === '1.0' ? MULTIPART : null;
}

/** A media range, in lower case; its parameters without quotes. */
function parsed(range: string): { readonly type: string; readonly parameters: ReadonlyMap<string, string> } {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const values = parameters.map((parameter) => [parameter.split('=', 1)[0] ?? '', parameter.replace(/^[^=]*="?|"$/g, '')] as const);
  return { type, parameters: new Map(values) };
}

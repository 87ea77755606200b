import { asRecord } from '../domain/parse-unknown.js';
import { EVENT_TYPES } from '../domain/events/event-table.js';
import type { EventType } from '../domain/event.js';

/** A receiver of events, as the operator describes it in `SINKS_FILE`. */
export interface SinkSettings {
  readonly name: string;
  /** Secret: its path or query may hold a key. */
  readonly url: string;
  /** One, or two while the receiver changes from one to the other. */
  readonly secrets: readonly Uint8Array[];
  /** Null for every type that is stored. */
  readonly types: readonly EventType[] | null;
  /** Channels whose conversations are sent, by `id` or `channelId`; null for all. */
  readonly channelIds: readonly string[] | null;
  readonly when: 'ALWAYS' | 'ABSENT';
  /** Null for the default document. */
  readonly document: string | null;
  readonly allowPrivate: boolean;
}

const FIELDS: ReadonlySet<string> = new Set(['name', 'url', 'secret', 'types', 'channelIds', 'when', 'document', 'allowPrivate']);
/** Each has its own connections, and metrics with its name. */
const MAX_SINKS = 50;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Typing is not stored. */
const TYPES = EVENT_TYPES.filter((type) => type !== 'TYPING_CHANGED');

/** Adds an error. `field`: empty for the sink as a whole. */
type AddFault = (field: string, what: string) => void;

/** Reads the JSON of `SINKS_FILE`. `addFault` is called for each error; no fault repeats a URL or a secret. */
export function parseSinks(text: string, addFault: (fault: string) => void): readonly SinkSettings[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    addFault('must name a file that holds a JSON list of sinks; the file is no JSON');
    return [];
  }
  if (!Array.isArray(list) || list.length > MAX_SINKS) {
    addFault(`must name a file that holds a JSON list of at most ${MAX_SINKS} sinks`);
    return [];
  }
  const sinks = list.map((item: unknown, index) => parseSink(item, index, addFault));
  const names = sinks.map(({ name }) => name);
  for (const name of new Set(names.filter((one, index) => one !== '' && names.indexOf(one) !== index)))
    addFault(`sink "${name}": name: must be unique`);
  return sinks;
}

function parseSink(item: unknown, index: number, addFault: (fault: string) => void): SinkSettings {
  const record = asRecord(item);
  const given = record?.['name'];
  const name = typeof given === 'string' && NAME.test(given) ? given : '';
  const label = name === '' ? `sink ${index + 1}` : `sink "${name}"`;
  const add: AddFault = (field, what) => addFault(field === '' ? `${label}: ${what}` : `${label}: ${field}: ${what}`);
  if (record === null) add('', 'must be an object');
  for (const field of Object.keys(record ?? {}))
    if (!FIELDS.has(field)) add(/^[\w-]{1,64}$/.test(field) ? field : '', `is an unknown field; known are ${[...FIELDS].join(', ')}`);
  if (name === '') add('name', 'must be 1 to 64 letters, digits, ".", "_" and "-", and begin with a letter or a digit');
  const allowPrivate = parseFlag(record?.['allowPrivate'], add);
  return {
    name,
    url: parseUrl(record?.['url'], allowPrivate, add),
    secrets: parseSecrets(record?.['secret'], add),
    types: parseTypes(record?.['types'], add),
    channelIds: parseChannels(record?.['channelIds'], add),
    when: parseWhen(record?.['when'], add),
    document: parseDocument(record?.['document'], add),
    allowPrivate,
  };
}

function parseFlag(value: unknown, add: AddFault): boolean {
  if (value !== undefined && typeof value !== 'boolean') add('allowPrivate', 'must be true or false');
  return value === true;
}

function parseUrl(value: unknown, allowPrivate: boolean, add: AddFault): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) add('url', 'must be an https URL');
  else if (url.username !== '' || url.password !== '') add('url', 'must not hold a user or a password');
  else if (url.protocol === 'http:' && !allowPrivate) add('url', 'must be an https URL; http is only accepted with "allowPrivate": true');
  else return url.href;
  return '';
}

function parseSecrets(value: unknown, add: AddFault): readonly Uint8Array[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const secrets = list.map(decodeSecret);
  const isRight = list.length >= 1 && list.length <= 2 && secrets.every((secret) => secret !== null);
  if (!isRight)
    add('secret', 'must be "whsec_" and 24 to 64 random bytes in base64, or a list of two such secrets while one is being replaced');
  return secrets.filter((secret) => secret !== null);
}

/** Null if it is no secret of Standard Webhooks. */
function decodeSecret(value: unknown): Uint8Array | null {
  const [, encoded = ''] = (typeof value === 'string' && /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value)) || [];
  const bytes = Buffer.from(encoded, 'base64');
  const isCanonical = bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  return isCanonical && bytes.length >= 24 && bytes.length <= 64 ? bytes : null;
}

function parseTypes(value: unknown, add: AddFault): readonly EventType[] | null {
  if (value === undefined || value === null) return null;
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const types = TYPES.filter((type) => list.includes(type));
  if (types.length === 0 || types.length !== new Set(list).size)
    add('types', `must be a list of event types, of which there are ${TYPES.join(', ')} (typing is not stored, and so never sent)`);
  return types;
}

function parseChannels(value: unknown, add: AddFault): readonly string[] | null {
  if (value === undefined || value === null) return null;
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  const ids = list.filter((id) => typeof id === 'string' && id !== '') as string[];
  if (ids.length === 0 || ids.length !== list.length) add('channelIds', 'must be a list of ids of channels');
  return ids;
}

function parseWhen(value: unknown, add: AddFault): SinkSettings['when'] {
  if (value !== undefined && value !== 'ALWAYS' && value !== 'ABSENT') add('when', 'must be ALWAYS or ABSENT');
  return value === 'ABSENT' ? 'ABSENT' : 'ALWAYS';
}

function parseDocument(value: unknown, add: AddFault): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && value.trim() !== '') return value;
  add('document', 'must be the text of a GraphQL document');
  return null;
}

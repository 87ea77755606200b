import type { RejectionReason } from '../../domain/errors.js';
import { asList, asRecord, asText } from '../../domain/parse-unknown.js';

const MAX_REASONS = 20;
const MAX_LENGTH = 500;

/**
 * Why the upstream rejected a request, read from the body of its answer. The contracts of both generations write it in many shapes: a bare string; `message`;
 * `errors` as strings, objects, or one object, each with `code` and `message`; `validations` with `field`; the token service's `Error`. The most
 * particular come first; the general `message` counts only where there is nothing else. 20 reasons of 500 characters at most; none if the body has none.
 */
export function rejectionReasons(body: unknown): readonly RejectionReason[] {
  const record = asRecord(body);
  if (record === null) return distinct([reason(body)]);
  const specific = distinct([...entries(record['validations']), ...entries(record['errors'])].map(reason));
  return specific.length > 0 ? specific : distinct([reason(record), reason(record['Error'])]);
}

function entries(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? asList(value) : [value];
}

function reason(raw: unknown): RejectionReason | null {
  const record = asRecord(raw);
  const message = (asText(record === null ? raw : (record['message'] ?? record['code'])) ?? '').trim();
  return message === '' ? null : { field: asText(record?.['field']), message: message.slice(0, MAX_LENGTH) };
}

/** Each once: the contract repeats them under `validations`, with its field, and under `errors`. */
function distinct(reasons: readonly (RejectionReason | null)[]): readonly RejectionReason[] {
  const kept: RejectionReason[] = [];
  for (const found of reasons) {
    if (found === null || kept.length === MAX_REASONS) continue;
    const isKept = kept.some(({ field, message }) => message === found.message && (found.field === null || field === found.field));
    if (!isKept) kept.push(found);
  }
  return kept;
}

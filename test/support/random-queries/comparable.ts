import type { Reply } from './asker.js';

/**
 * A result without what differs from one execution to the next: where its text has what, request ids, tickets, and when they expire. Without the entities of errors, too, which
 * only routers need, and get over HTTP only.
 */
export function comparable({ data, errors }: Reply): string {
  const shown = errors.map(({ message, path, extensions: { requestId: _requestId, entity: _entity, ...extensions } = {} }) => ({
    message,
    path,
    extensions,
  }));
  const sorted = shown.map((error) => JSON.stringify(error)).toSorted();
  const soon = Date.now() + 30 * 60_000;
  return JSON.stringify([data, sorted], (_name, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (/^\d{4}-\d\d-\d\dT/.test(value) && Date.parse(value) > soon) return 'later';
    return value.replace(/\/(attachments|uploads)\/[\w.~-]+/, '/$1/ticket');
  });
}

/** Two texts from shortly before where they differ. */
export function fromFirstDifference(...texts: readonly [string, string]): string[] {
  const [one, other] = texts;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return texts.map((text) => text.slice(Math.max(0, at - 100), at + 500));
}

export const isTooComplex = ({ errors }: Reply) => errors.some(({ extensions }) => extensions?.['code'] === 'QUERY_TOO_COMPLEX');

/**
 * A path of the upstream from its parts, each percent-encoded; null where a part names nothing that can be there: empty, `.` or `..` (which URLs
 * resolve away), longer than 1,000 characters, or with control characters or half a surrogate pair in it. What has such an id is answered as absent without a call.
 */
export function resourcePath(...parts: readonly string[]): string | null {
  return parts.every(isNameable) ? parts.map((part) => `/${encodeURIComponent(part)}`).join('') : null;
}

function isNameable(part: string): boolean {
  return part !== '.' && part !== '..' && /^[^\p{Cc}\p{Cs}]{1,1000}$/u.test(part);
}

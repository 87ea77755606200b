/** A piece of a text: words, or a link. */
export type Piece = string | { readonly href: string; readonly text: string };

const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"']+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/giu;
/** Ends a sentence or an aside rather than an address. */
const TRAILING = /[.,;:!?'"”’»،؛؟]+$/u;

/** Splits a text at its web and mail addresses. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const found = trimmed(match[0]);
    const href = hrefOf(found);
    if (href === null) continue;
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push({ href, text: found });
    end = match.index + found.length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

/** Without the punctuation after it; a closing bracket belongs to it only if it has an opening one. */
function trimmed(found: string): string {
  const shorter = found.replace(TRAILING, '');
  const isUnbalanced = /[)\]]$/.test(shorter) && count(shorter, /[)\]]/g) > count(shorter, /[([]/g);
  return isUnbalanced ? trimmed(shorter.slice(0, -1)) : shorter;
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

function hrefOf(found: string): string | null {
  const address = /^https?:/i.test(found) ? found : found.includes('@') && !/^www\./i.test(found) ? `mailto:${found}` : `https://${found}`;
  return URL.canParse(address) ? address : null;
}

import { arabic } from './arabic';
import { english } from './english';
import type { Texts } from './english';

/** A language tag and its texts. */
export interface Language {
  /** For dates and numbers, and for screen readers. */
  readonly tag: string;
  readonly direction: 'ltr' | 'rtl';
  readonly texts: Texts;
}

/** The texts of a language tag such as `ar-EG`; English if there are none. Dates keep the reader's own form of the language. */
export function languageOf(tag: string): Language {
  return /^ar\b/i.test(tag)
    ? { tag, direction: 'rtl', texts: arabic }
    : { tag: /^en\b/i.test(tag) ? tag : 'en', direction: 'ltr', texts: english };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A text as HTML, also within quoted attributes. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** A text to copy. Focusable, since it may have to be scrolled by keyboard; the page's script adds a button. */
export const snippet = (text: string, label: string): string =>
  `<div class="snippet"><pre tabindex="0" role="region" aria-label="${escaped(label)}">${escaped(text)}</pre></div>`;

const NAME = '--reader-rem';
const SIZES = /@media[^{]*|(-?\d*\.?\d+)rem\b/g;

/**
 * CSS whose sizes in `rem` follow the text size that the reader has set in the browser, as on a page of one's own. In a page of others `rem` is the font size of that page's root, often
 * 62.5 %. Conditions of `@media` do not depend on the root.
 */
export const inReaderSize = (css: string): string =>
  css.replace(SIZES, (found, size?: string) => (size === undefined ? found : `calc(${size} * var(${NAME}))`));

/** Makes the size a length, which all elements inherit as it is where it is set. Once per page. */
export function registerReaderSize(): void {
  CSS.registerProperty({ name: NAME, syntax: '<length>', inherits: true, initialValue: '16px' });
}

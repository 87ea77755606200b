/** `SCHEME://HOST`, perhaps with a port, as web views and extensions have it: `capacitor://localhost`, `app://.`, `chrome-extension://ID`. */
const APP_ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[\w.-]+(:\d{1,5})?$/;
/** A star for the first label of a name of three labels or more. */
const PATTERN = /^https?:\/\/\*(?=\.[^*.]+\.[^*])/;
/** One label of a host name. */
const LABEL = '[a-z\\d-]+';

/** Whether a text is an origin as browsers and web views send it, a pattern such as `https://*.example.com`, or `*`. */
export function isOriginPattern(text: string): boolean {
  if (text === '*') return true;
  const origin = text.replace(PATTERN, (start) => start.replace('*', 'any'));
  if (origin.includes('*') || !URL.canParse(origin)) return false;
  const { protocol, origin: parsed } = new URL(origin);
  return /^https?:$/.test(protocol) ? parsed === origin : protocol !== 'file:' && APP_ORIGIN.test(origin);
}

/** Whether one of `patterns` fits. A star stands for any origin, and before a name for exactly one label, as in certificates (RFC 6125, 6.4.3). */
export function isOriginAmong(origin: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => pattern === '*' || pattern === origin || (PATTERN.test(pattern) && toRegExp(pattern).test(origin)));
}

const toRegExp = (pattern: string) => new RegExp(`^${pattern.split('*').map(escaped).join(LABEL)}$`);
const escaped = (text: string) => text.replace(/[.+?^$()[\]{}|\\/-]/g, '\\$&');

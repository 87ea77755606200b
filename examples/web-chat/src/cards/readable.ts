import { propertiesOf } from './content.js';
import { isWebUrl } from './safe.js';

/** A card in words and links, for a chat that cannot render it. */
export interface ReadableCard {
  readonly lines: readonly string[];
  readonly links: readonly { readonly title: string; readonly href: string }[];
}

/** What people read in a card, by the names that cards of all kinds use. In this order. */
const WORDS = ['title', 'subtitle', 'header', 'name', 'text', 'label', 'description', 'body', 'footer', 'address', 'caption', 'value'];
const URLS = ['url', 'link', 'href', 'openUrl', 'uri'];
const MAX_LINES = 30;
const MAX_DEPTH = 20;

/** Reads any card. What its author wrote for this case goes first; empty if there is nothing to read. */
export function readable(content: unknown): ReadableCard {
  const { fallbackText, altText } = propertiesOf(content);
  const written = [fallbackText, altText].find((text) => typeof text === 'string' && text.trim() !== '') as string | undefined;
  const lines = new Set<string>(written === undefined ? [] : [written.trim()]);
  const links = new Map<string, string>();
  collect(content, { lines: written === undefined ? lines : new Set(), links }, 0);
  const place = placeOf(content);
  if (place !== null) links.set(place.href, place.title);
  return { lines: [...lines].slice(0, MAX_LINES), links: [...links].slice(0, MAX_LINES).map(([href, title]) => ({ href, title })) };
}

function collect(value: unknown, found: { lines: Set<string>; links: Map<string, string> }, depth: number): void {
  if (depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    for (const item of value) {
      if (isText(item)) found.lines.add(item.trim());
      else collect(item, found, depth + 1);
    }
    return;
  }
  const properties = propertiesOf(value);
  const href = URLS.map((name) => properties[name]).find(isWebUrl);
  const words = WORDS.map((name) => properties[name]).filter(isText);
  if (href === undefined) for (const word of words) found.lines.add(word.trim());
  else if (!isPicture(properties)) found.links.set(href, words[0]?.trim() ?? new URL(href).host);
  for (const [, property] of Object.entries(properties)) if (typeof property === 'object') collect(property, found, depth + 1);
}

const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && !(value.includes(':') && isWebUrl(value));

const isPicture = ({ type }: Readonly<Record<string, unknown>>): boolean => /image|picture|media/i.test(String(type));

/** A location on a map. */
function placeOf(content: unknown): { readonly title: string; readonly href: string } | null {
  const { latitude, longitude, name, address } = propertiesOf(content);
  const [lat, lon] = [Number(latitude ?? NaN), Number(longitude ?? NaN)];
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return null;
  const title = [name, address].find((text): text is string => typeof text === 'string' && text !== '') ?? `${lat}, ${lon}`;
  return { title, href: `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}` };
}

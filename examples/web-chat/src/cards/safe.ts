/** Only these lead out of a card: not `javascript:`, `data:`, `file:` or whatever an app registers. */
export const isWebUrl = (url: unknown): url is string =>
  typeof url === 'string' && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** Properties of Adaptive Cards that hold a URL. */
const URLS = new Set(['url', 'iconUrl', 'backgroundImage', 'poster', 'logo']);
/** Plays videos of other sites in frames, and opens cards elsewhere: not in a chat. */
const LEFT_OUT = new Set(['Media', 'Action.Http', 'Action.OpenUrlDialog']);
const MAX_DEPTH = 50;
/** The newest version that the renderer knows: what a newer one adds has fallbacks, element by element. */
const VERSION = '1.6';

type Json = Readonly<Record<string, unknown>>;

/** A copy of an Adaptive Card without what may not be followed or shown. A missing or newer version becomes the renderer's own. */
export function safeCard(content: Json): Json {
  return { ...(cleaned(content, 0) as Json), type: 'AdaptiveCard', version: VERSION };
}

/** Undefined: left out. */
function cleaned(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((item) => cleaned(item, depth + 1)).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const { type, url } = value as { readonly type?: unknown; readonly url?: unknown };
  if (LEFT_OUT.has(String(type)) || (type === 'Action.OpenUrl' && !isWebUrl(url))) return undefined;
  const entries = Object.entries(value).filter(
    ([name, property]) => !(URLS.has(name) && typeof property === 'string' && !isWebUrl(property)),
  );
  // A chat is narrow, and what is cut off cannot be read.
  const wrapped = type === 'TextBlock' ? { wrap: true } : {};
  return {
    ...wrapped,
    ...Object.fromEntries(
      entries.map(([name, property]) => [name, cleaned(property, depth + 1)] as const).filter(([, property]) => property !== undefined),
    ),
  };
}

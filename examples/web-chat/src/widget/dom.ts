/** An element with attributes and children; text is never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** An icon of one line, which screen readers skip. */
export function icon(path: string): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(namespace, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex]:not([tabindex="-1"])';

/** Keeps Tab within an element: from its last control to its first, and back. */
export function keepFocusWithin(place: HTMLElement, root: ShadowRoot, event: KeyboardEvent): void {
  const controls = [...place.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((control) => control.checkVisibility());
  const from = event.shiftKey ? controls[0] : controls.at(-1);
  const to = event.shiftKey ? controls.at(-1) : controls[0];
  if (root.activeElement !== from && root.activeElement !== place) return;
  if (root.activeElement === place && !event.shiftKey) return;
  event.preventDefault();
  to?.focus();
}

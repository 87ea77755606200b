import { inReaderSize } from './reader-size';

/** Of the launcher and the panel. A page changes the variables on `chat-widget`, whose rules win over those of `:host`. */
export const LOOK = inReaderSize(`
:host {
  all: initial;
  color-scheme: light dark;
  --accent: light-dark(#0b57b7, #8ab8ff);
  --on-accent: light-dark(#ffffff, #0c1a2e);
  --card: light-dark(#ffffff, #1a2029);
  --ink: light-dark(#1b2430, #e8ecf3);
  --line: light-dark(#d6dce5, #333d4d);
  --bad: light-dark(#a3141f, #ffb0b0);
  --gap: 1rem;
  --layer: 2147483000;
}
:host([hidden]) { display: none; }
/* A rule of the page such as \`* { font-style: italic }\` wins over those of \`:host\`, and what it sets is inherited: not beyond this element. */
.widget {
  all: initial;
  display: block;
  color-scheme: inherit;
  visibility: inherit;
  font: medium/1.45 system-ui, sans-serif;
  --reader-rem: 1em;
}
button { font: inherit; cursor: pointer; }
button:focus-visible, .widget-panel:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.widget-launcher {
  position: fixed;
  z-index: var(--layer);
  inset-block-end: max(var(--gap), env(safe-area-inset-bottom));
  inset-inline-end: var(--gap);
  display: grid;
  place-items: center;
  width: 3.5rem;
  height: 3.5rem;
  padding: 0;
  border: 0;
  border-radius: 50%;
  background: var(--accent);
  color: var(--on-accent);
  box-shadow: 0 4px 16px rgb(0 0 0 / 30%);
}
svg { width: 1.5rem; height: 1.5rem; fill: none; stroke: currentcolor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.widget-count {
  position: absolute;
  inset-block-start: -0.25rem;
  inset-inline-end: -0.25rem;
  min-width: 1.5rem;
  padding: 0 0.375rem;
  box-sizing: border-box;
  border-radius: 0.75rem;
  background: #c4161c;
  color: #ffffff;
  font-size: 0.8125rem;
  line-height: 1.5rem;
  text-align: center;
}
.widget-count:empty { display: none; }
.widget-panel {
  position: fixed;
  z-index: var(--layer);
  inset-block-end: calc(max(var(--gap), env(safe-area-inset-bottom)) + 4.25rem);
  inset-inline-end: var(--gap);
  display: flex;
  flex-direction: column;
  width: min(25rem, 100vw - 2 * var(--gap));
  height: min(42rem, 100dvh - 6.5rem);
  border: 1px solid var(--line);
  border-radius: 1rem;
  background: var(--card);
  color: var(--ink);
  box-shadow: 0 8px 40px rgb(0 0 0 / 30%);
  overflow: hidden;
}
.widget-panel[hidden] { display: none; }
.widget-bar { display: flex; align-items: center; gap: 0.5rem; padding-inline-start: 1rem; background: var(--accent); color: var(--on-accent); }
.widget-bar p { flex: 1; margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.widget-close { display: grid; place-items: center; width: 2.75rem; height: 2.75rem; padding: 0; border: 0; background: transparent; color: inherit; }
.widget-bar button:focus-visible { outline-color: currentcolor; outline-offset: -4px; }
.widget-place { position: relative; flex: 1; min-height: 0; }
.widget-note { padding: 1.5rem; text-align: center; }
.widget-note p { margin: 0 0 1rem; }
.widget-note button { min-height: 2.75rem; padding: 0.5rem 1rem; border: 1px solid var(--line); border-radius: 0.625rem; background: transparent; color: inherit; }
@media (max-width: 30rem), (max-height: 30rem) {
  .widget-panel { inset: 0; width: auto; height: auto; border: 0; border-radius: 0; }
}
`);

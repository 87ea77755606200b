/** Of the start page, light and dark, from a phone's width on. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #51607a; --paper: #f6f7f9; --card: #fff; --line: #d5dae2; --link: #0b57b7;
  --ok: #1a7f4b; --idle: #8a94a6; --warning: #b35900; --error: #c4262e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7ebf2; --soft: #a4b0c5; --paper: #12161d; --card: #1b212b; --line: #333d4c; --link: #8ab8ff;
    --ok: #4ccb8a; --idle: #7c889c; --warning: #f0a04b; --error: #ff7a80; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem 4rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
header, main { max-width: 60rem; margin: 0 auto; }
h1 { margin: 0; font-size: 1.75rem; letter-spacing: -0.01em; }
h2 { margin: 2rem 0 0.75rem; font-size: 1.125rem; }
p { margin: 0.25rem 0; }
header p, .cards p { color: var(--soft); }
a { color: var(--link); }
a:focus-visible, pre:focus-visible, button:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1rem; margin: 0; padding: 0; list-style: none; }
.cards li { position: relative; padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; }
.cards .name { font-weight: 600; }
.cards a::after { content: ''; position: absolute; inset: 0; border-radius: inherit; }
.cards li:has(a:hover) { border-color: var(--link); }
.status { display: grid; grid-template-columns: repeat(2, 1fr); gap: 0.75rem; margin: 0; padding: 0; list-style: none; }
@media (min-width: 40rem) { .status { grid-template-columns: repeat(3, 1fr); } }
.status li { display: flex; flex-direction: column; padding: 0.75rem 0.875rem; background: var(--card); border: 1px solid var(--line); border-top: 3px solid var(--idle); border-radius: 0.5rem; }
.status li[data-state='ok'] { border-top-color: var(--ok); }
.status li[data-state='warning'] { border-top-color: var(--warning); }
.status li[data-state='error'] { border-top-color: var(--error); }
.status .name, .status .detail { color: var(--soft); font-size: 0.8125rem; }
.status .value { font-weight: 600; overflow-wrap: anywhere; }
.status .detail { overflow-wrap: anywhere; }
.status.stale { opacity: 0.6; }
.unreachable { color: var(--error); font-weight: 600; }
ol { margin: 0; padding-left: 1.5rem; }
ol > li { margin-bottom: 1rem; }
.snippet { display: flex; align-items: flex-start; margin: 0.5rem 0; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; }
.snippet button { flex: none; min-width: 4.75rem; margin: 0.5rem 0.5rem 0 0; padding: 0.125rem 0.625rem; background: var(--paper); color: var(--ink); border: 1px solid var(--line); border-radius: 0.375rem; font: 0.8125rem/1.5 system-ui, sans-serif; cursor: pointer; }
.snippet button:hover { border-color: var(--link); }
@media (max-width: 40rem) { .snippet { flex-direction: column-reverse; align-items: stretch; } .snippet button { align-self: flex-end; } }
pre { flex: 1; min-width: 0; margin: 0; padding: 0.75rem 1rem; overflow-x: auto; border-radius: inherit; }
pre, code { font: 0.875rem/1.5 ui-monospace, monospace; }
.cards code { white-space: nowrap; }
dl { margin: 0; }
dt { color: var(--soft); }
dd { margin: 0 0 0.75rem; overflow-wrap: anywhere; }
`;

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '../App';
import { createEnvironment } from '../environment';
import pageStyles from '../styles.css?inline';
import panelStyles from './chat.css?inline';
import type { MountOptions } from './contract';
import { inReaderSize } from './reader-size';

let sheets: CSSStyleSheet[] | null = null;

/** Renders the chat in the panel of a widget. Its style sheets are constructed: a strict content security policy allows them. */
export function mount({ root, place, gateway, channelId, language, token, ...frame }: MountOptions): () => void {
  sheets ??= [pageStyles, panelStyles].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(inReaderSize(text));
    return sheet;
  });
  // Before those of the launcher, which has the last word about its own parts.
  root.adoptedStyleSheets = [...sheets, ...root.adoptedStyleSheets];
  const environment = createEnvironment({ gateway: new URL(gateway), channelId, token, language }, frame);
  const rendered = createRoot(place);
  rendered.render(
    <StrictMode>
      <App environment={environment} />
    </StrictMode>,
  );
  return () => {
    rendered.unmount();
  };
}

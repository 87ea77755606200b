import { defineChatWidget } from './element';

/*
 * <script src="https://…/widget.js" data-gateway="https://…/" async></script>
 *
 * A classic script of a few kilobytes, which defines <chat-widget> and, if it has a `data-gateway`, puts one at the end of the page. The chat itself is loaded when it is first
 * opened.
 */
const script = document.currentScript;
if (!(script instanceof HTMLScriptElement) || script.src === '') throw new Error('Load widget.js by <script src>, not as a module.');
defineChatWidget(new URL('widget-chat.js', script.src).href);

const attributes = Object.entries(script.dataset);
if (script.dataset['gateway'] !== undefined) {
  const widget = document.createElement('chat-widget');
  for (const [name, value] of attributes) if (value !== undefined) widget.setAttribute(name, value);
  if (document.body === null) document.addEventListener('DOMContentLoaded', () => document.body.append(widget));
  else document.body.append(widget);
}

import { AdaptiveCard, ExecuteAction, HostConfig, OpenUrlAction, SubmitAction } from 'adaptivecards';
import MarkdownIt from 'markdown-it';
import { propertiesOf } from './content';
import { isWebUrl, safeCard } from './safe';

/** What the customer did with a card. */
export interface CardAction {
  readonly kind: 'submit' | 'execute';
  /** Of the button; empty if it has none. */
  readonly title: string;
  /** What was entered, by the labels of the fields. */
  readonly entered: readonly { readonly label: string; readonly value: string }[];
}

export interface RenderOptions {
  readonly onAction: (action: CardAction) => void;
}

/** What cards may use of Markdown; HTML is text. */
const markdown = new MarkdownIt('zero', { html: false, breaks: true }).enable(['emphasis', 'link', 'list', 'newline', 'escape', 'entity']);
markdown.validateLink = isWebUrl;
AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown.render(text);
  result.didProcess = true;
};

const color = (name: string) => ({ default: `var(--${name})`, subtle: 'var(--soft)' });
const colors = {
  foregroundColors: {
    default: color('ink'),
    dark: color('ink'),
    light: color('soft'),
    accent: color('accent'),
    good: color('accent'),
    warning: color('on-warn'),
    attention: color('bad'),
  },
};

/** In the chat's own colours and font. */
const LOOK = {
  fontFamily: 'inherit',
  fontSizes: { small: 13, default: 15, medium: 16, large: 18, extraLarge: 21 },
  spacing: { small: 4, default: 8, medium: 12, large: 16, extraLarge: 24, padding: 0 },
  separator: { lineThickness: 1, lineColor: 'var(--line)' },
  containerStyles: { default: { backgroundColor: 'transparent', ...colors }, emphasis: { backgroundColor: 'var(--card)', ...colors } },
  actions: { maxActions: 6, actionsOrientation: 'vertical', actionAlignment: 'stretch', buttonSpacing: 8, spacing: 'default' },
  imageSizes: { small: 40, medium: 80, large: 160 },
  imageSet: { imageSize: 'medium', maxImageHeight: 100 },
  factSet: { title: { weight: 'bolder', wrap: true, maxWidth: 150 }, value: { wrap: true }, spacing: 10 },
};

/** The element of an Adaptive Card; null if there is nothing in it that can be shown. */
export function renderAdaptive(content: unknown, { onAction }: RenderOptions): HTMLElement | null {
  const card = new AdaptiveCard();
  card.hostConfig = new HostConfig(LOOK);
  card.onExecuteAction = (action) => {
    if (action instanceof OpenUrlAction) follow(action.url);
    else if (action instanceof SubmitAction || action instanceof ExecuteAction) onAction(toCardAction(action, card));
  };
  card.onAnchorClicked = (_element, anchor) => {
    follow(anchor.href);
    return true;
  };
  card.parse(safeCard(propertiesOf(content)));
  const element = card.render() ?? null;
  if (element === null || (element.textContent.trim() === '' && element.querySelector('img, input, button') === null)) return null;
  return element;
}

/** In a page of its own, which does not learn where it was opened from. */
function follow(url: string | undefined): void {
  if (isWebUrl(url)) window.open(url, '_blank', 'noopener,noreferrer');
}

function toCardAction(action: SubmitAction | ExecuteAction, card: AdaptiveCard): CardAction {
  const entered = card.getAllInputs().flatMap(({ label, id, value }) => {
    const text = value === undefined || value === null ? '' : String(value);
    return text === '' ? [] : [{ label: label ?? id ?? '', value: text }];
  });
  return { kind: action instanceof ExecuteAction ? 'execute' : 'submit', title: action.title ?? '', entered };
}

/** Keeps what was entered, and lets nothing more be. */
export function closeCard(element: HTMLElement): void {
  for (const field of element.querySelectorAll<HTMLInputElement>('input, select, textarea')) field.disabled = true;
}

import { AdaptiveCard, ExecuteAction, GlobalRegistry, HostConfig, NumberInput, OpenUrlAction, SubmitAction } from 'adaptivecards';
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

/** The renderer's own (3.0.6) takes an empty field for the number NaN, which is within no bounds. */
class OptionalNumberInput extends NumberInput {
  override isValid(): boolean {
    return this.isSet() ? super.isValid() : !this.isRequired;
  }
}
GlobalRegistry.elements.register('Input.Number', OptionalNumberInput);

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

const container = (backgroundColor: string, ink = color('ink')) => ({
  backgroundColor,
  foregroundColors: { ...colors.foregroundColors, default: ink },
});

/** In the chat's own colours and font. */
const LOOK = {
  fontFamily: 'inherit',
  fontSizes: { small: 13, default: 15, medium: 16, large: 18, extraLarge: 21 },
  spacing: { small: 4, default: 8, medium: 12, large: 16, extraLarge: 24, padding: 0 },
  separator: { lineThickness: 1, lineColor: 'var(--line)' },
  containerStyles: {
    default: container('transparent'),
    emphasis: container('var(--card)'),
    accent: container('var(--own)'),
    good: container('var(--own)'),
    warning: container('var(--warn)', color('on-warn')),
    attention: container('var(--card)', color('bad')),
  },
  actions: { maxActions: 6, actionsOrientation: 'vertical', actionAlignment: 'stretch', buttonSpacing: 8, spacing: 'default' },
  imageSizes: { small: 40, medium: 80, large: 160 },
  imageSet: { imageSize: 'medium', maxImageHeight: 100 },
  factSet: { title: { weight: 'bolder', wrap: true, maxWidth: 150 }, value: { wrap: true }, spacing: 10 },
};

export interface RenderedCard {
  readonly element: HTMLElement;
  /** Keeps what was entered, and lets nothing more be, nor be sent again. */
  readonly close: () => void;
}

/** An Adaptive Card; null if there is nothing in it that can be shown. */
export function renderAdaptive(content: unknown, { onAction }: RenderOptions): RenderedCard | null {
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
  // The renderer says of what a button shows or hides that it is expanded, which only the button can be.
  new MutationObserver(() => {
    for (const shown of element.querySelectorAll('[aria-expanded]:not(button)')) shown.removeAttribute('aria-expanded');
  }).observe(element, { subtree: true, attributeFilter: ['aria-expanded'] });
  return { element, close: () => closeCard(card, element) };
}

/** In a page of its own, which does not learn where it was opened from. */
function follow(url: string | undefined): void {
  if (isWebUrl(url)) window.open(url, '_blank', 'noopener,noreferrer');
}

function toCardAction(action: SubmitAction | ExecuteAction, card: AdaptiveCard): CardAction {
  const entered = card.getAllInputs().flatMap(({ label, id, value }) => {
    // An empty number is NaN.
    const text = value === undefined || value === null || Number.isNaN(value) ? '' : String(value);
    return text === '' ? [] : [{ label: label ?? id ?? '', value: text }];
  });
  return { kind: action instanceof ExecuteAction ? 'execute' : 'submit', title: action.title ?? '', entered };
}

function closeCard(card: AdaptiveCard, element: HTMLElement): void {
  for (let index = 0; index < card.getActionCount(); index += 1) {
    const action = card.getActionAt(index);
    const button = action instanceof SubmitAction || action instanceof ExecuteAction ? action.renderedElement : undefined;
    if (button instanceof HTMLButtonElement) button.disabled = true;
  }
  for (const field of element.querySelectorAll<HTMLInputElement>('input, select, textarea')) field.disabled = true;
}

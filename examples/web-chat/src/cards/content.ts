/** What a message has besides text and files, as the gateway delivers it: the content may be anything. */
export interface CardContent {
  /** Null on messages in events. */
  readonly cardId: string | null;
  readonly contentType: string;
  readonly content: unknown;
  /** Whether the contact centre knows that it was used. */
  readonly submitted: boolean;
  readonly executed: boolean;
}

/** Any value as the properties that it may have. */
export const propertiesOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

const ADAPTIVE = 'application/vnd.microsoft.card.adaptive';
const QUICK_REPLIES = 'application/8x8.quick.replies';

/** By its type, or by what it says of itself: some senders name no type. */
export function isAdaptive({ contentType, content }: CardContent): boolean {
  return contentType === ADAPTIVE || propertiesOf(content)['type'] === 'AdaptiveCard';
}

export const isQuickReplies = ({ contentType }: Pick<CardContent, 'contentType'>): boolean => contentType === QUICK_REPLIES;

/** A reply to choose. `option` is all that its sender wrote, a postback for instance. */
export interface QuickReply {
  readonly title: string;
  readonly option: Readonly<Record<string, unknown>>;
}

/** The replies that have a title. Titles may be equal. */
export function quickRepliesOf({ content }: Pick<CardContent, 'content'>): QuickReply[] {
  const { options } = propertiesOf(content);
  if (!Array.isArray(options)) return [];
  return options.map(propertiesOf).flatMap((option) => {
    const { title } = option;
    return typeof title === 'string' && title.trim() !== '' ? [{ title, option }] : [];
  });
}

/** What the customer sends. */
export interface Reply {
  readonly text: string;
  readonly cards?: readonly { readonly contentType: string; readonly content: unknown }[];
}

/**
 * The message for a chosen reply: its title for people, and for bots the option as it was offered, in a card of the same type, unless it says no more than its title or the
 * contact centre has no cards (`canSendCards`). There is no call of its own for this.
 */
export function replyFor({ title, option }: QuickReply, canSendCards: boolean): Reply {
  const saysMore = Object.keys(option).length > 1;
  return saysMore && canSendCards
    ? { text: title, cards: [{ contentType: QUICK_REPLIES, content: { options: [option] } }] }
    : { text: title };
}

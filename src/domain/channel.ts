export type ChannelType = 'CHAT_API' | 'WEB_CHAT' | 'SMS' | 'WHATSAPP' | 'FACEBOOK' | 'TWITTER' | 'VIBER' | 'RCS' | 'EMAIL' | 'OTHER';

/** A way into the contact centre, tied to a queue and to the webhook that hears its events. */
export interface ChannelRecord {
  readonly channelId: string;
  readonly name: string;
  readonly type: ChannelType;
  /** The upstream's own word for `type`. */
  readonly rawType: string | null;
  readonly queueId: string | null;
  readonly webhookId: string | null;
}

/** An address that the contact centre sends events to. */
export interface WebhookRecord {
  readonly webhookId: string;
  readonly name: string;
  readonly url: string;
  readonly notificationVersion: string;
}

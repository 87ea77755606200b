export type ChannelType = 'CHAT_API' | 'WEB_CHAT' | 'SMS' | 'WHATSAPP' | 'FACEBOOK' | 'TWITTER' | 'VIBER' | 'RCS' | 'EMAIL' | 'OTHER';

/** An entry point of the contact centre, bound to a queue and to the webhook that receives its events. */
export interface ChannelRecord {
  readonly channelId: string;
  readonly name: string;
  readonly type: ChannelType;
  /** The upstream's own value for `type`. */
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
